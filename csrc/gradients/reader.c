/* Gradients of readers: there are none. */
#include "gradients/rows.h"

const TfgGradRow tfg_gradients_reader[] = {
    NONE("FixedLengthRecordReader"),
    NONE("IdentityReader"),
    NONE("ReaderNumRecordsProduced"),
    NONE("ReaderNumWorkUnitsCompleted"),
    NONE("ReaderRead"),
    NONE("ReaderReadUpTo"),
    NONE("ReaderReset"),
    NONE("ReaderRestoreState"),
    NONE("ReaderSerializeState"),
    NONE("TFRecordReader"),
    NONE("TextLineReader"),
    NONE("WholeFileReader"),
};
const int tfg_n_gradients_reader = sizeof tfg_gradients_reader / sizeof *tfg_gradients_reader;
