package analyzer

import (
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// isTest reports whether pos is in a _test.go file, or in a file or package that
// is there for tests only.
func isTest(pass *analysis.Pass, pos token.Pos) bool {
	f := pass.Fset.File(pos)
	return f != nil && isTestFile(filepath.Base(f.Name())) || isTestPackage(placeOf(pass))
}

// isTestSupport is isTest for constants: they are made up as well in a file that
// helps tests, though it logs like others.
func isTestSupport(pass *analysis.Pass, pos token.Pos) bool {
	return isTest(pass, pos) || importsTesting(pass, pos)
}

// isFixture reports whether pos is in what is kept for tests beside them: not in
// a _test.go file, but in a package or file that is called so.
func isFixture(pass *analysis.Pass, pos token.Pos) bool {
	f := pass.Fset.File(pos)
	return f != nil && !strings.HasSuffix(f.Name(), "_test.go") && isTestSupport(pass, pos)
}

// importsTesting reports whether the file that holds pos imports what only tests
// need.
func importsTesting(pass *analysis.Pass, pos token.Pos) bool {
	f := fileOf(pass, pos)
	if f == nil {
		return false
	}
	for _, spec := range f.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil && inPackage(testLibraries, path) {
			return true
		}
	}
	return false
}

// testLibraries are packages that only tests and their helpers import.
const testLibraries = "testing|github.com/stretchr/testify/...|github.com/onsi/ginkgo/...|github.com/onsi/gomega/...|gopkg.in/check.v1|go.uber.org/mock/gomock|github.com/golang/mock/gomock"

// isTestFile reports whether the name of a file says that it is for tests.
func isTestFile(name string) bool {
	if strings.HasSuffix(name, "_test.go") {
		return true
	}
	ws := splitName(strings.TrimSuffix(name, ".go"))
	if len(ws) > 1 && slices.ContainsFunc(ws, func(w string) bool { return testWords[w] }) {
		return true // keys_test_data.go
	}
	if len(ws) == 0 {
		return false
	}
	if noun, ok := strings.CutPrefix(ws[0], "test"); ok && testNouns[noun] {
		return true // testcert.go
	}
	return isMock(ws[0]) || isMock(ws[len(ws)-1])
}

// testNouns are what is made for tests, as it is called with them in one word.
var testNouns = words("cert certs certificate certificates key keys pem data util utils helper helpers suite vectors fixtures fixture")

var testWords = words("test testdata testing testutil testutils fixtures fixture")

// isMock reports whether a word says that something stands in for another one
// in tests: fake, mockserver.
func isMock(word string) bool {
	return slices.ContainsFunc([]string{"mock", "fake", "stub"}, func(m string) bool {
		return strings.HasPrefix(word, m) || strings.HasSuffix(strings.TrimSuffix(word, "s"), m)
	})
}

// isTestPackage reports whether the path of a package says that it is for
// tests, as net/http/httptest does.
func isTestPackage(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if isTestPart(part) {
			return true
		}
	}
	return false
}

func isTestPart(part string) bool {
	for w := range strings.FieldsFuncSeq(part, isPathPunct) {
		if testParts[w] || isMock(w) || strings.HasPrefix(w, "test") && !realTests[w] {
			return true
		}
	}
	return (strings.HasSuffix(part, "test") || strings.HasSuffix(part, "tests") || strings.HasSuffix(part, "testing")) && !realTests[part]
}

// isPathPunct reports whether a character stands between the words of a part of a
// path.
func isPathPunct(r rune) bool { return r == '-' || r == '_' || r == '.' }

// testParts are parts of paths below which there are tests and what they need;
// realTests are words that only look like one.
var (
	testParts = words("test tests testing fuzz fuzzing fuzzer e2e fixture fixtures conformance")
	realTests = words("testament testimony testimonial testimonials testflight latest attest contest protest greatest detest backtest speedtest pentest loadtest")
)
