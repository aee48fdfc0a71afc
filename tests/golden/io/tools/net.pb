
:
xPlaceholder*
dtype0*
shape:
–
wConst*
dtype0*ü
valueòBï"Ø?¦7?³N?w}?HéØ>QY%?nà><Kd?š²v?rRÄ>~®J?¨e?^k?çól?Z{‘=Ùp²=¡¥<“&U?H5G?¹^?»†z?¨•L?Gì>ÃÐG?Ý9ò=ÝÑ#?4Ë>ÒÕq?Ú—?’NÔ>Õs‡>.4F?‰Œé>ã„?í™<\?N²?cï?y™q?Æ‹.?k¸>§Âß>õ—2?ü®v=9±*?ì®+?‡nW>A>Ó¡>L8º>jø?aà>}?ßüÐ=
‹
convConv2Dxw*
T0*
data_formatNHWC*
	dilations
*
paddingSAME*
strides
*
use_cudnn_on_gpu(
=
meanConst*
dtype0*!
valueB"ÊãU>R.%>2'?
<
varConst*
dtype0*!
valueB"p¯>IÀî>´Jz>
=
betaConst*
dtype0*!
valueB"ìÈ">]â=7(?
>
gammaConst*
dtype0*!
valueB"Õ>ãLI>ŒÉ¼>
Š
old BatchNormWithGlobalNormalizationconvmeanvarbetagamma*
T0*
scale_after_normalization(*
variance_epsilon%oƒ:

yReluold*
T0"