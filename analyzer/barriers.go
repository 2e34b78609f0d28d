package analyzer

import (
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// maxShown is the longest constant part of a secret that hides the rest, in
// bytes.
const maxShown = 8

var barrierWords = words("hash hashed hasher sha sha1 sha256 sha512 md5 hmac mac digest sum checksum fingerprint thumbprint bcrypt scrypt argon " +
	"mask masked masking redact redacted redactor obfuscate obfuscated hide hidden censor sanitize sanitized sanitizer scrub scrubbed anonymize conceal " +
	"encrypt encrypted seal sealed cipher ciphertext truncate truncated abbreviate shorten elide safe len length size count " +
	"remove removed without omit omitted cleanse cleansed blanked hide hides clean cleaned asterisk asterisks partial partially preview " +
	"verify validate compare equal sign signature public pub strip type kind name names id ids uid email user username expiry identifier identifiers host hostname")

// isBarrierName reports whether the words of a function's name say that what
// it returns hides what it is given.
func isBarrierName(words []string) bool {
	for _, w := range words {
		if barrierWords[w] {
			return true
		}
	}
	return false
}

// isBarrier reports whether the result of fn does not give away its arguments.
func isBarrier(fn *types.Func) bool {
	path := pkgPath(fn.Pkg())
	if isKeyBytes(fn) {
		return false
	}
	if strings.HasPrefix(path, "crypto/") && path != "crypto/x509" || strings.HasPrefix(path, "hash/") || path == "hash" || strings.HasPrefix(path, "golang.org/x/crypto/") && !strings.Contains(path, "ssh") {
		return true
	}
	return !isStandard(path) && isBarrierName(splitName(fn.Name()))
}

// isMaskingSlice reports whether a slice expression keeps so little of a text
// that it hides the rest.
func isMaskingSlice(s *ssa.Slice) bool {
	if high, ok := constInt(s.High); ok && high <= maxShown {
		return true
	}
	// token[len(token)-4:]
	low, ok := s.Low.(*ssa.BinOp)
	if !ok {
		return false
	}
	n, ok := constInt(low.Y)
	return ok && n <= maxShown && s.High == nil
}

// isMask reports whether a constant stands for what is left out of a text.
func isMask(text string) bool {
	lower := strings.ToLower(text)
	return slices.ContainsFunc([]string{"xxx", "***", "redacted", "masked"}, func(m string) bool { return strings.Contains(lower, m) })
}

// isMaskingPrint reports whether a call prints parts of a text with a format that
// says what is left out: "%s.%s.xxxx".
func isMaskingPrint(fn *types.Func, call *ssa.CallCommon) bool {
	if fn.Name() != "Sprintf" || pkgPath(fn.Pkg()) != "fmt" || len(call.Args) == 0 {
		return false
	}
	format, _ := constString(call.Args[0])
	return isMask(format)
}

func constInt(v ssa.Value) (int64, bool) {
	c, ok := v.(*ssa.Const)
	if !ok || c.Value == nil {
		return 0, false
	}
	return constant.Int64Val(constant.ToInt(c.Value))
}

func constString(v ssa.Value) (string, bool) {
	for {
		switch x := v.(type) {
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.ChangeType:
			v = x.X
		case *ssa.Const:
			if x.Value == nil || x.Value.Kind() != constant.String {
				return "", false
			}
			return constant.StringVal(x.Value), true
		default:
			return "", false
		}
	}
}

// A passRow is functions of a package whose first result holds what stands in
// their arguments from arg on.
type passRow struct {
	pkg, recv, funcs string
	arg              int
}

// passRows lists what is known of packages that are not analysed themselves.
var passRows = []passRow{
	{"strings", "", "Clone Cut CutPrefix CutSuffix Fields Join Map Repeat Replace ReplaceAll Split SplitN Title ToLower ToUpper Trim TrimFunc TrimLeft TrimPrefix TrimRight TrimSpace TrimSuffix ToValidUTF8 NewReader", 0},
	{"bytes", "", "Clone Join Repeat Replace ReplaceAll ToLower ToUpper Trim TrimPrefix TrimRight TrimSpace TrimSuffix NewBuffer NewBufferString NewReader", 0},
	{"fmt", "", "Sprint Sprintf Sprintln Append Appendf Appendln", 0},
	{"strconv", "", "Quote QuoteToASCII AppendQuote Unquote", 0},
	{"encoding/base64", "Encoding", "EncodeToString DecodeString", 0},
	{"encoding/hex", "", "EncodeToString DecodeString Dump", 0},
	{"encoding/json|encoding/xml|gopkg.in/yaml|sigs.k8s.io/yaml|github.com/goccy/go-json|github.com/json-iterator/go", "*", "Marshal MarshalIndent MarshalToString", 0},
	{"encoding/pem", "", "EncodeToMemory", 0},
	{"net/url", "", "QueryEscape PathEscape UserPassword JoinPath Parse ParseRequestURI QueryUnescape PathUnescape", 0},
	{"html|html/template|text/template", "", "EscapeString HTMLEscapeString JSEscapeString URLQueryEscaper", 0},
	{"path|path/filepath", "", "Join Clean", 0},
	{"slices|maps", "", "Clone Concat Values Sorted Collect", 0},
	{"log/slog", "", "String Any Group", 1},
	{"log/slog", "", "StringValue AnyValue GroupValue", 0},
	{"go.uber.org/zap", "", "String Any ByteString Reflect Strings Binary Stringp Inline Dict Object", 1},
	{"go.opentelemetry.io/otel/attribute", "", "String StringSlice", 1},
	{"go.opentelemetry.io/otel/attribute", "Key", "String StringSlice", 0},
	{"github.com/aws/aws-sdk-go/aws|github.com/aws/aws-sdk-go-v2/aws", "", "String StringValue ToString", 0},
	{"k8s.io/utils/ptr|k8s.io/utils/pointer", "", "To Deref String", 0},
	{"context", "", "WithValue", 2},
	{"go.opentelemetry.io/otel/trace", "", "WithAttributes", 0},
}

// passes reports from which argument on those of fn stand in its result, -1
// if none does.
func passes(fn *types.Func) int {
	path := pkgPath(fn.Pkg())
	for _, row := range passRows {
		if matches(fn, path, row.pkg, row.recv, row.funcs) {
			return row.arg
		}
	}
	return -1
}

// isStandard reports whether path is one of a package of the standard library.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return standard[first]
}

var standard = words("archive bufio bytes builtin cmp compress container context crypto database debug embed encoding errors expvar flag fmt go hash html image " +
	"index internal io iter log maps math mime net os path plugin reflect regexp runtime slices sort strconv strings structs sync syscall testing text time " +
	"unicode unique unsafe vendor weak cmd")
