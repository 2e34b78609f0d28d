package analyzer_test

import (
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
)

// run checks generated packages, which may import those in testdata, and returns
// what was found out.
func run(t *testing.T, a *analysis.Analyzer, files map[string]string) []*analysistest.Result {
	t.Helper()
	all := stubs(t)
	pkgs := map[string]bool{}
	for name, text := range files {
		all[name] = text
		pkgs[filepath.ToSlash(filepath.Dir(name))] = true
	}
	dir, cleanup, err := analysistest.WriteFiles(all)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cleanup)
	return analysistest.Run(t, dir, a, slices.Sorted(maps.Keys(pkgs))...) // at once, so that what they import is loaded once
}

// stubs returns the files below testdata/src by their path there.
func stubs(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	root := filepath.Join("testdata", "src")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		files[filepath.ToSlash(rel)] = expand(string(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// expand puts in the made-up passwords for which files in testdata have words.
func expand(text string) string {
	return strings.NewReplacer(
		"$WORD", "kst-winter", "$MIXED", "kst-Winter7", "$PLAIN", "Winter7kst", "$HALF", "kst-half",
		"$PHRASE", "autumn kst winter march", "$BCRYPT", "$2b$12$kst", "$LEET", "p4ssw0rd", "$CIPHERED", "kst-9a8b7c",
		"$USUAL", "postgres", "$HEXED", hex.EncodeToString([]byte("kst-winte")), "$SIGNING", "signing_key", "$HEADED", "Kst-Md5-Of", "$DATED", "Kst-"+"1907-of",
	).Replace(text)
}

// expanded returns a directory with the files of testdata, expanded.
func expanded(t *testing.T) string {
	t.Helper()
	dir, cleanup, err := analysistest.WriteFiles(stubs(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cleanup)
	return dir
}

// random returns n letters and digits that no two seeds share.
func random(seed uint64, n int) string {
	const alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	r := rand.New(rand.NewPCG(seed, 6))
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

// A source builds a Go file of one function a case.
type source struct {
	strings.Builder
	n int
}

func newSource(pkg, imports, decls string) *source {
	s := &source{}
	fmt.Fprintf(s, "package %s\n\nimport (\n", pkg)
	for imp := range strings.FieldsSeq(imports) {
		fmt.Fprintf(s, "\t%s\n", imp)
	}
	fmt.Fprintf(s, ")\n%s\n", decls)
	return s
}

// add adds a function with a body, the last line of which is wanted if want is
// not empty.
func (s *source) add(params, body, want string) {
	s.n++
	if want != "" {
		body += fmt.Sprintf(" // want `%s`", want)
	}
	fmt.Fprintf(s, "func f%d(%s) {\n\t%s\n}\n", s.n, params, body)
}

// imported returns a file that uses each of its imports.
func (s *source) imported(uses ...string) string {
	fmt.Fprintf(s, "var _ = []any{%s}\n", strings.Join(uses, ", "))
	return s.String()
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// cleanEnv returns the environment without what would change how the go
// command works.
func cleanEnv() []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "GOFLAGS=") && !strings.HasPrefix(v, "GO111MODULE=") {
			env = append(env, v)
		}
	}
	return env
}
