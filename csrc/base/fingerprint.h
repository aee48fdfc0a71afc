/* Fingerprint: hashes of bytes that never change, because files and vocabularies hold them. */
#ifndef TFG_BASE_FINGERPRINT_H
#define TFG_BASE_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

/* farmhash::Fingerprint64 (github.com/google/farmhash, namespace farmhashna): StringToHashBucketFast, SparseCross. */
uint64_t tfg_fingerprint64(const void *data, size_t n);
/* farmhash::Fingerprint128 (namespace farmhashcc), the low half first: SdcaFprint. */
void tfg_fingerprint128(const void *data, size_t n, uint64_t out[2]);
/* MurmurHash64A (Appleby, 2008). */
uint64_t tfg_murmur64(const void *data, size_t n, uint64_t seed);
/* The same with TensorFlow's seed 0xDECAFCAFFE (Hash64 in tensorflow/core/lib/hash): StringToHashBucket. */
uint64_t tfg_hash64(const void *data, size_t n);
/* SipHash-2-4 (Aumasson and Bernstein, 2012): StringToHashBucketStrong. */
uint64_t tfg_siphash(const uint64_t key[2], const void *data, size_t n);

#endif
