package judge

// The context a verdict may depend on: the path, the line of the value and what
// stands at most this far around it, whichever bound is met first.
const (
	ContextBytes = 2048 // bytes before the start and after the end of the line
	ContextLines = 8    // lines before and after it
	MaxLine      = 4096 // a longer line is read in pieces, each judged by itself
	MaxValue     = 2048 // a longer value is content, not a credential
	RunLength    = 15   // bytes of a run that needs no word on its line
	LeastLiteral = 4    // a shorter literal is no value
)

// maxLineCandidates bounds the candidates of a line, or of a piece of a long one.
const maxLineCandidates = 48

// Form is the way a value is written where it stands.
type Form uint8

// The forms of a candidate.
const (
	FormAssign   Form = iota // name, operator, value
	FormPair                 // the element before it names it: put("name", "value")
	FormCall                 // an argument of a function that names it: setPassword("value")
	FormKeyword              // a word and a value: netrc, PASSWORD 'value', "password is value"
	FormFlag                 // a command-line flag and its value
	FormSQL                  // IDENTIFIED BY and its kin
	FormUserInfo             // scheme://user:value@host
	FormQuery                // ?name=value or &name=value
	FormHeader               // an authentication scheme and what it carries
	FormSplit                // name and value are two entries: name: X, value: Y
	FormBytes                // numbers of a byte array
	FormUUID                 // a UUID under any name
	FormRun                  // a run of random-looking characters under any name
	formCount
)

var formNames = [formCount]string{
	"assignment", "pair", "call", "keyword", "flag", "sql", "url user info", "url query", "header", "split entries", "bytes", "uuid", "run",
}

// String returns the form as [Explanation] prints it.
func (f Form) String() string {
	if f < formCount {
		return formNames[f]
	}
	return "unknown"
}

// named reports whether a value of this form counts only if its name says so.
func (f Form) named() bool {
	switch f {
	case FormBytes, FormUserInfo, FormHeader, FormUUID, FormRun:
		return false
	}
	return true
}

// Op is what stands between a name and its value.
type Op uint8

// The operators.
const (
	OpNone     Op = iota
	OpAssign      // =, +=, ?=
	OpDeclare     // :=
	OpColon       // :
	OpArrow       // =>, ->, <-
	OpCompare     // ==, !=, ===, =~
	OpCall        // (
	OpComma       // ,
	OpSpace       // white space
	OpTag         // >
	OpFallback    // ||, ??, or
	opCount
)

// Flag holds facts the parser noticed about the place of a value.
type Flag uint16

// The flags.
const (
	FlagEscaped   Flag = 1 << iota // its quotes are escaped: a literal in a literal
	FlagInString                   // unquoted, but within a string of the line
	FlagInComment                  // behind a comment marker
	FlagWrapped                    // passes through a call before it is assigned
	FlagLookup                     // that call looks something up: getenv, fetch, translate
	FlagFallback                   // used where another value is missing
	FlagConcat                     // joined to other parts
	FlagList                       // an element of a list
	FlagNextLine                   // its name stands on an earlier line
	FlagIndexed                    // its name is an index: m["name"]
	FlagTyped                      // a type stands between name and operator
	FlagInURL                      // within a URL
	FlagStringKey                  // its name is quoted
)

// Reject says why the gate turns a value away before any feature is computed.
type Reject uint8

// The reasons of the gate.
const (
	Accepted          Reject = iota
	RejectShort              // fewer than four bytes
	RejectLong               // more than MaxValue bytes
	RejectName               // its name speaks of no credential, and it does not look random
	RejectLiteral            // a number, truth value or null
	RejectLookup             // names where the value is to be found: ${VAR}, {{ }}, getenv
	RejectCode               // an identifier, call or type
	RejectProse              // words of a sentence
	RejectFiller             // the same character or two throughout, or nothing but signs
	RejectHash               // hashed or encrypted, for the rules that know the forms
	RejectPlaceholder        // a placeholder, see [PlaceholderReason]
	RejectPublic             // a public key by its name
	RejectPart               // a part of a longer identifier
	RejectBlock              // one line of a block of encoded data
	rejectCount
)

var rejectNames = [rejectCount]string{
	"", "shorter than four bytes", "longer than a credential", "its name speaks of no credential and it does not look random",
	"a number, truth value or null", "names where the value is to be found", "an identifier, call or type", "words of a sentence",
	"filler", "hashed or encrypted", "a placeholder", "a public key by its name", "a part of a longer identifier", "one line of a block of encoded data",
}

// String returns the reason as [Explanation] prints it, empty if accepted.
func (r Reject) String() string {
	if r < rejectCount {
		return rejectNames[r]
	}
	return "unknown"
}

// Candidate is one value that stands where a credential may stand. All
// positions are byte offsets in the text it was found in.
type Candidate struct {
	Start, End         int // the value, without its quotes
	NameStart, NameEnd int // the name it is given; empty if it has none
	FuncStart, FuncEnd int // the innermost call it is an argument of; empty if none
	LineStart, LineEnd int // its line, or the piece of a long line it was read in

	Form   Form
	Op     Op
	Family Family
	Flags  Flag
	Quote  byte // the opening quote, 0 if it has none
	Arg    uint8
	Reject Reject

	name nameInfo
}
