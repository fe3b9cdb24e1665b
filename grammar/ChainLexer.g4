// Tokens of the Chain language. Reserved words are names nowhere; the other keywords are names wherever
// the parser's rule `name` stands.
lexer grammar ChainLexer;

channels { COMMENTS, DOCS }

DOC: '///' ~[\r\n]* -> channel(DOCS);
LINE_COMMENT: '//' ~[\r\n]* -> channel(COMMENTS);
BLOCK_COMMENT: '/*' .*? '*/' -> channel(COMMENTS);
WS: [ \t\r\n\f\uFEFF]+ -> skip;

// reserved
AND: 'and'; OR: 'or'; NOT: 'not'; IN: 'in'; OF: 'of'; BY: 'by'; THEN: 'then'; WHERE: 'where';
WITHIN: 'within'; ANY: 'any'; ALL: 'all'; EXISTS: 'exists'; MISSING: 'missing'; CASED: 'cased';
HAS: 'has'; LACKS: 'lacks'; LIKE: 'like'; CONTAINS: 'contains'; STARTS: 'starts'; ENDS: 'ends';
MATCHES: 'matches'; DISTINCT: 'distinct'; HOPS: 'hops'; MASK: 'mask'; NOTHING: 'nothing';

// names elsewhere
PACK: 'pack'; VERSION: 'version'; IMPORT: 'import'; LET: 'let'; LINES: 'lines'; TABLE: 'table'; KEY: 'key';
SOURCE: 'source'; OPEN: 'open'; PROVIDER: 'provider'; CHANNEL: 'channel'; EVENT: 'event'; JSON: 'json';
TIME_: 'time'; AS: 'as'; ZONE: 'zone'; CODE: 'code'; COMPUTER: 'computer'; CLASS: 'class'; ROLE: 'role';
LINK: 'link'; CHAIN: 'chain'; ON: 'on'; KEEP: 'keep'; RARE: 'rare'; FIRST: 'first'; BELOW: 'below';
NEED: 'need'; ATTACK: 'attack'; RISK: 'risk'; SHOW: 'show'; META: 'meta'; MATCH: 'match'; ALIGNED: 'aligned';
SUPPRESS: 'suppress'; SEVERITY: 'severity'; OVERRIDE: 'override'; REASON: 'reason'; OWNER: 'owner';
UNTIL: 'until'; TEST: 'test'; AT: 'at'; SAME: 'same'; REPLAY: 'replay'; EXPECT: 'expect'; TIMES: 'times';
EVENTS: 'events'; FROM: 'from'; TO: 'to'; ANYWHERE: 'anywhere'; EXACT: 'exact';

STRING: '"' (~["\r\n] | '""')* '"';
REGEX: '/' (~[/*\\\r\n] | '\\' ~[\r\n]) (~[/\\\r\n] | '\\' ~[\r\n])* '/' [a-z]*;
TECHNIQUE: 'T' [0-9] [0-9] [0-9] [0-9] '.' [0-9] [0-9] [0-9];

TIME: D D D D '-' D D '-' D D ('T' D D ':' D D (':' D D ('.' D+)?)? ('Z' | [+-] D D ':'? D D)?)?;
NETWORK: V4 ('/' D+)? | V6 ('/' D+)?;
DURATION: (D+ ('us' | 'ms' | 's' | 'm' | 'h' | 'd'))+;
SIZE: D+ ('B' | 'KB' | 'MB' | 'GB' | 'TB');
NUMBER: '0x' [0-9a-fA-F]+ | D+ ('.' D+)?;
BAD_NUMBER: D [0-9A-Za-z_]* | D+ '.' D+ [A-Za-z_] [0-9A-Za-z_]*;
IDENT: [A-Za-z_] [A-Za-z0-9_]*;
QUOTED_NAME: '`' ~[`\r\n]+ '`';

EQ: '=='; NE: '!='; LE: '<='; GE: '>='; LT: '<'; GT: '>'; ASSIGN: '='; PIPE: '|'; DOT: '.'; COMMA: ',';
COLON: ':'; LPAREN: '('; RPAREN: ')'; LBRACKET: '['; RBRACKET: ']'; LBRACE: '{'; RBRACE: '}'; MINUS: '-';

UNCLOSED_STRING: '"' (~["\r\n] | '""')*;
UNKNOWN: .;

fragment D: [0-9];
fragment H: [0-9a-fA-F];
fragment V4: D+ '.' D+ '.' D+ '.' D+;
fragment V6: (H+ ':')+ (':' (H+ ':')* (H+ | V4)? | H+ ':' H+) | '::' (H+ ':')* (H+ | V4)? | (H+ ':')+ ':' ;
