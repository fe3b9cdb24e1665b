// The Chain language. The only definition of the syntax; docs/language.md says what it means.
parser grammar ChainParser;
options { tokenVocab = ChainLexer; }

file: declaration* EOF;

declaration
  : packDecl | importDecl | letDecl | maskDecl | sourceDecl | classDecl | roleDecl | linkDecl | chainDecl
  | overrideDecl | testDecl
  ;

// ---- names -----------------------------------------------------------------------------------------
name
  : IDENT | QUOTED_NAME | PACK | VERSION | IMPORT | LET | LINES | TABLE | KEY | SOURCE | OPEN | PROVIDER | CHANNEL
  | EVENT | JSON | TIME_ | AS | ZONE | CODE | COMPUTER | CLASS | ROLE | LINK | CHAIN | ON | KEEP | RARE | FIRST | BELOW
  | NEED | ATTACK | RISK | SHOW | META | MATCH | ALIGNED | SUPPRESS | SEVERITY | OVERRIDE | REASON | OWNER | UNTIL
  | TEST | AT | SAME | REPLAY | EXPECT | TIMES | EVENTS | FROM | TO | ANYWHERE | EXACT
  ;
qname: (name DOT)? name;
path: (NUMBER DOT)? name (DOT name)*;

// ---- packs and values ------------------------------------------------------------------------------
packDecl: PACK name VERSION STRING;
importDecl: IMPORT name;
letDecl: LET name ASSIGN (letValue | LPAREN predicate RPAREN);
letValue
  : LINES STRING                          # letLines
  | TABLE STRING KEY name                 # letTable
  | literal                               # letLiteral
  | LBRACKET (literal (COMMA literal)* COMMA?)? RBRACKET  # letList
  ;
literal: STRING | MINUS? NUMBER | DURATION | SIZE | TIME | NETWORK;

maskDecl: MASK name LBRACE (maskBit (COMMA maskBit)* COMMA?)? RBRACE;
maskBit: name ASSIGN NUMBER;

sourceDecl: SOURCE name OPEN? LBRACE sourceItem* RBRACE;
sourceItem
  : PROVIDER STRING (COMMA STRING)*            # sourceProvider
  | CHANNEL STRING (COMMA STRING)*             # sourceChannel
  | JSON predicate                             # sourceJson
  | TIME_ path (AS name)? (ZONE STRING)?       # sourceTime
  | CODE path                                  # sourceCode
  | COMPUTER path                              # sourceComputer
  | eventDecl                                  # sourceEvent
  ;
eventDecl: EVENT (NUMBER | STRING) STRING? (PROVIDER STRING (COMMA STRING)*)? LBRACE fieldDecl* RBRACE;
fieldDecl: name COLON typeName (ASSIGN path)? COMMA?;
typeName: MASK name | EXACT name | name;

classDecl: CLASS name ASSIGN PIPE? selector (PIPE selector)* LBRACE classField* RBRACE;
classField: name ASSIGN name (PIPE name)* COMMA?;
roleDecl: ROLE name ASSIGN PIPE? roleSource (PIPE roleSource)*;
roleSource: qname (NUMBER | STRING) DOT name;

// ---- links and chains ------------------------------------------------------------------------------
selector: ANY | qname (code (COMMA code)*)?;
code: NUMBER | STRING;
linkDecl: LINK name (ASSIGN qname (WHERE predicate)?)? clauses?;
chainDecl: CHAIN name (ASSIGN qname)? clauses?;
overrideDecl: OVERRIDE qname clauses;

clauses: LBRACE clause* RBRACE;
clause
  : ON (selector | LPAREN selector WHERE predicate RPAREN)   # onClause
  | WHERE predicate                                          # whereClause
  | KEEP (RARE | FIRST) path (COMMA path)* BY path (COMMA path)* (BELOW NUMBER)? (IN DURATION)?  # keepClause
  | NEED name (COMMA name)*                                  # needClause
  | ATTACK technique (COMMA technique)*                      # attackClause
  | RISK NUMBER                                              # riskClause
  | SHOW path (COMMA path)*                                  # showClause
  | META LBRACE (metaEntry (COMMA metaEntry)* COMMA?)? RBRACE # metaClause
  | MATCH pattern                                            # matchClause
  | BY (ALL | key (COMMA key)*)                              # byClause
  | WITHIN DURATION ALIGNED?                                 # withinClause
  | SUPPRESS DURATION                                        # suppressClause
  | SEVERITY name                                            # severityClause
  | REASON STRING                                            # reasonClause
  | OWNER STRING                                             # ownerClause
  | UNTIL TIME                                               # untilClause
  ;
technique: TECHNIQUE | name;
metaEntry: name COLON metaValue;
metaValue: literal | name | LBRACKET (metaValue (COMMA metaValue)*)? COMMA? RBRACKET;
key: name (ASSIGN path (PIPE path)*)?;

// ---- predicates ------------------------------------------------------------------------------------
predicate: conjunction (OR conjunction)*;
conjunction: negation (AND negation)*;
negation: NOT negation | atom;
atom
  : LPAREN predicate RPAREN                  # groupAtom
  | EXISTS term                              # existsAtom
  | MISSING term                             # missingAtom
  | term CASED? comparison                   # compareAtom
  | path                                     # referenceAtom
  ;
comparison
  : (EQ | NE | LT | LE | GT | GE) value                        # plainComparison
  | NOT? IN listValue                                          # inComparison
  | (LIKE | CONTAINS | STARTS | ENDS | MATCHES) ((ANY | ALL) listValue | value)   # textComparison
  | (HAS ANY? | LACKS) bits                                    # maskComparison
  ;
term: name LPAREN argument (COMMA argument)* RPAREN | path;
argument: literal | term;
value: literal | REGEX | bits | term;
bits: bit (PIPE bit)*;
bit: NUMBER | path;
listValue: LPAREN listItem (COMMA listItem)* COMMA? RPAREN | LBRACKET listItem (COMMA listItem)* COMMA? RBRACKET | path;
listItem: literal | REGEX | path;

// ---- patterns --------------------------------------------------------------------------------------
// `then`, `and`, `or` are accepted mixed, so that the error can show the possible readings.
pattern: patternTerm (connective patternTerm)*;
connective: THEN (WITHIN DURATION)? | AND | OR;
patternTerm
  : NOT patternTerm                                                     # absence
  | name COLON patternTerm                                              # labelled
  | NUMBER HOPS OF patternTerm FROM path TO path                        # hops
  | NUMBER DISTINCT distinctOf OF patternSet                            # distinctPattern
  | NUMBER OF patternSet                                                # nOf
  | RISK NUMBER OF patternSet                                           # riskPattern
  | NUMBER patternTerm                                                  # countPattern
  | aggregateFunction (distinctOf OF)? patternTerm compareOp aggregateValue  # aggregate
  | LPAREN linkName WHERE predicate RPAREN                              # narrowedLink
  | LPAREN pattern RPAREN                                               # groupPattern
  | linkName                                                            # linkPattern
  ;
aggregateFunction: name | DISTINCT;
compareOp: EQ | NE | LT | LE | GT | GE;
aggregateValue: MINUS? NUMBER | SIZE | DURATION;
distinctOf: path | LPAREN path (COMMA path)* RPAREN;
patternSet: LPAREN pattern (COMMA pattern)+ COMMA? RPAREN | patternTerm;
linkName: ANY | qname;

// ---- tests -----------------------------------------------------------------------------------------
testDecl: TEST STRING LBRACE testStep* RBRACE;
testStep
  : AT (DURATION | TIME | NUMBER) (SAME | qname code) (LBRACE (testField (COMMA testField)* COMMA?)? RBRACE)?   # testAt
  | REPLAY STRING                                                                      # testReplay
  | EXPECT NOTHING                                                                     # expectNothing
  | EXPECT LINK qname NUMBER TIMES                                                     # expectLink
  | EXPECT qname (BY expectKey (COMMA expectKey)*)? (NUMBER TIMES)? (EVENTS NUMBER)? (FROM (DURATION | TIME) TO (DURATION | TIME))?  # expectChain
  ;
expectKey: name ASSIGN literal;
testField: name COLON testValue;
testValue: literal | name | LBRACKET (literal (COMMA literal)*)? COMMA? RBRACKET;
