"""Rows of Examples written as JSON."""
ROWS = []


def feature(text):
    return '{"features":{"feature":{"a":%s}}}' % text


def values(kind, text):
    return feature('{"%sList":{"value":[%s]}}' % (kind, text))


for text in [
    '{}', '', 'null', '[]', '1', '"x"', '{"features":{}}', '{"features":null}', '{"features":{"feature":{}}}', '{"features":[]}', '{"features":1}',
    '{"feature":{}}', '  { "features" : { } } ', '{} x', '{"features":{},}', "{'features':{}}", '{features:{}}', feature('{}'), feature('null'),
    feature('{"int64List":{}}'), values('int64', ''), values('int64', '1,-2,"3","-4"'), feature('{"int64_list":{"value":[1]}}'),
    feature('{"int64List":{"value":5}}'), feature('{"int64List":{"value":null}}'), values('int64', 'null'), values('int64', '1.0'),
    values('int64', '1e3'), values('int64', '1.5'), values('int64', 'true'), values('int64', '"x"'),
    values('int64', '9223372036854775807,-9223372036854775808'), values('int64', '9223372036854775808'), values('int64', '"9223372036854775808"'),
    values('int64', '"1.0"'), values('int64', '" 1"'), values('int64', '""'), values('int64', '[1]'), feature('{"int64List":[1]}'),
    feature('{"int64List":{"values":[1]}}'), values('float', '1,2.5,-3e10,"4.5","NaN","Infinity","-Infinity"'), values('float', '1e39'),
    values('float', '"1e39"'), values('float', 'NaN'), values('float', 'Infinity'), values('float', '"inf"'), values('float', '"nan"'),
    values('float', '0.1,1e-50,-0.0,16777217,123456789012'), values('float', '"x"'), values('float', 'true'), values('float', 'null'),
    values('float', '1e400'), values('bytes', '"YQ==","YWI","","_-8=","/+8="'), values('bytes', '"a"'), values('bytes', '"!!!!"'),
    values('bytes', '"YQ=="," YQ=="'), values('bytes', '1'), values('bytes', '"Y Q=="'), values('bytes', '"YQ="'), values('bytes', '"YR=="'),
    values('bytes', 'null'), feature('{"bytesList":{"value":"YQ=="}}'),
    '{"features":{"feature":{"b":{"int64List":{"value":[1]}},"a":{"floatList":{"value":[1]}},"\\u00e9\\n\\"\\ud83d\\ude00":{}}}}',
    values('int64', '1]}},"a":{"int64List":{"value":[2'), values('int64', '1]},"floatList":{"value":[2'),
    values('int64', '1]},"int64List":{"value":[2'), '{"features":{},"features":{}}', '{"features":{"feature":{"":{}}}}', '{"@type":"x"}', '{"x":1}',
    feature('1'), feature('{"kind":1}'), '{"features":{"feature":{"\\ud83d":{}}}}', '{"features":{"feature":{"\\x41":{}}}}',
    '{"a":{"b":[1,{"c":null}]}}', values('int64', '01'), values('int64', '-'), values('int64', '1,'), values('int64', '1 2'), '{"features"',
    '{"features":', '{"features":{', '["x"]', '{"features":tru}', '// c\n{}', feature('{},"b":{},"a":{}'),
    feature('{},"b":1,"c":{"int64List":{"value":[1,2,"x"]}}'), feature('{},"b":1,"c":{}'), '{"x":null}', '{"x":null,"features":1}',
    '{"features":1,"x":2}', '{"features":{"x":{"y":1}}}', '{"features":{"x":[1]}}', values('int64', '"+1"'), values('int64', '"01"'),
    values('int64', '"-0"'), values('int64', '-0'), values('int64', '1180591620717411303424'), values('int64', '-1180591620717411303424'),
    values('int64', '1e19'), values('int64', '-1e18'), values('int64', '"0x10"'), values('int64', '"1 "'), values('int64', '1.'), values('int64', '.5'),
    values('int64', '+1'), values('int64', '-01'), values('int64', '-1'), values('int64', '1e'), values('int64', '0x10'), values('int64', '00'),
    values('int64', '-0.0'), values('int64', '9007199254740993.0'), values('int64', '1E2'), values('float', '" 1"'), values('float', '"1 "'),
    values('float', '"1e2"'), values('float', '"0x10"'), values('float', '"1."'), values('float', '"+1"'), values('float', '"-inf"'),
    values('float', '"infinity"'), values('float', '3.4028235e38'), values('float', '3.4028236e38'), values('float', '-1e39'),
    values('float', '"1e-50"'), values('float', '18446744073709551615'), values('float', '-9223372036854775808'), values('float', '""'),
    values('float', '"1e400"'), values('bytes', '"+_8="'), values('bytes', '"YQ==="'), values('bytes', '"Y"'), values('bytes', '"YQ\\n=="'),
    values('bytes', '"="'), values('bytes', '"YQ=a"'), values('bytes', 'true'), values('bytes', '1.5'), values('bytes', '["YQ=="]'),
    values('bytes', '{"x":1}'), values('int64', '{"a":[]}'), feature('[]'), feature('"x"'), feature('true'), feature('1.5'), feature('{"bytesList":1}'),
    feature('{"bytesList":"x"}'), feature('{"bytesList":null}'), feature('{"bytesList":{"value":1.25}}'), feature('{"BytesList":{}}'),
    feature('{"bytesList":{"Value":[]}}'), values('int64', '"5"],"value":[6'), '{"features":{"feature":1}}', '{"features":{"feature":null}}',
    '{"features":{"feature":"x"}}', '{"features":true}', '{"features":"x"}', '{"features":1.5}', '{"features":{"feature":{},"feature":{}}}',
    feature('{}},"feature":{"a":{}'), '{\'features\' : {"feature":{\'a\\\'b\':{}}}}', '{"\\u0066eatures":{}}', '{"features":{"feature":{"a\tb":{}}}}',
    '{"features":{"feature":{"a\nb":{}}}}', '{"features":{"feature":{"\\u00":{}}}}', '{"features":{"feature":{"\\uZZZZ":{}}}}',
    '{"features":{"feature":{"\\udc00":{}}}}', '{"features":{"feature":{"\\ud83d\\u0041":{}}}}', '{"features":{"feature":{"\\u0000":{}}}}',
    '{"features":{"feature":{"abc', '{"features":{"feature":{"abc\\', '{"features":{"feature":{"\\b\\f\\v\\t\\r\\/\\a":{}}}}', '{features_:{}}',
    '{feat-ures:{}}', '{1:{}}', '{null:{}}', '{true:1}', '{$x:1}', '{"a" 1}', '{"features":{} "x":1}', '{"features":{},,}', '{,}', '{"features":{}]',
    '[}', values('int64', ','), '\ufeff{}', '{"features":nullx}', '{"features":truex}', '{"features":null }', '\t{}\r\n', '{}{}',
    '{"features":{"feature":{"a":{"int64List":{"value":[1]}}}}} ', values('int64', 'tru'), values('int64', 'true1'), values('int64', '@'),
    values('int64', '#'), values('int64', 'nul'), values('int64', '1,2'), values('int64', '1;2'), values('int64', '"a'),
    feature('{"int64List":{"value":[1]}'), '{"features":{"feature":{"a":{"int64List":{"value":[1',
]:
    ROWS.append((text, "raw('DecodeJSONExample', P(%r, 'string'))" % text.encode("utf-8")))
ROWS += [("matrix", "raw('DecodeJSONExample', S([['{}', '{\"features\":{}}']], [1, None], 'string'))"), ("empty", "raw('DecodeJSONExample', P(np.zeros([0, 2]), 'string'))"),
         ("one bad", "raw('DecodeJSONExample', P(['{}', '{'], 'string'))"), ("deep", "raw('DecodeJSONExample', P('[' * 200, 'string'))")]
