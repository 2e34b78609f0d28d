package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// build builds the command and returns its path.
func build(t *testing.T) string {
	t.Helper()
	tool := filepath.Join(t.TempDir(), "keysift-vet")
	if runtime.GOOS == "windows" {
		tool += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", tool, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return tool
}

// run runs a command in dir and returns its exit status and what it wrote.
func run(t *testing.T, dir, name string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &errs
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOPROXY=off", "CGO_ENABLED=0")
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", name, err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

const sample = `package main

import (
	"log"
	"net/http"
	"net/smtp"
	"os"

	"sample/audit"
)

func main() {
	apiKey := os.Getenv("API_KEY")
	log.Printf("using %%s", apiKey)
	audit.Note(apiKey)
	auth := smtp.PlainAuth("", "app", %q, "mail")
	_ = auth
	resp, err := http.Get("https://api.example.com/v1?api_key=" + apiKey)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
}
`

const audit = "package audit\n\nimport \"log\"\n\nfunc Note(s string) { log.Print(s) }\n"

// module writes a module with four findings, and returns its folder and the
// value that no output may show.
func module(t *testing.T) (dir, value string) {
	t.Helper()
	dir, value = t.TempDir(), "kst-"+"winter"
	write(t, dir, map[string]string{"go.mod": "module sample\n\ngo 1.21\n", "main.go": fmt.Sprintf(sample, value), "audit/audit.go": audit})
	return dir, value
}

var wants = []string{
	"environment variable API_KEY is written by log.Printf", "environment variable API_KEY is written by Note",
	"hard-coded credential given to smtp.PlainAuth", "becomes part of a URL requested by http.Get",
}

// TestCommand builds the command once.
func TestCommand(t *testing.T) {
	tool := build(t)
	for _, tt := range []struct {
		name string
		test func(*testing.T, string)
	}{{"reports", testReports}, {"json", testJSON}, {"diff", testDiff}, {"fix", testFix}, {"versions", testVersions}} {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, tool) })
	}
}

func testReports(t *testing.T, tool string) {
	dir, value := module(t)
	for _, tt := range []struct {
		name   string
		args   []string
		status int
	}{
		{"alone", []string{tool, "./..."}, 3},
		{"under go vet", []string{"go", "vet", "-vettool=" + tool, "./..."}, 1},
	} {
		status, stdout, stderr := run(t, dir, tt.args[0], tt.args[1:]...)
		if status != tt.status {
			t.Errorf("%s: status %d, want %d", tt.name, status, tt.status)
		}
		for _, want := range append(wants, "Note passes it on to log.Print (audit.go:5)") {
			if !strings.Contains(stdout+stderr, want) {
				t.Errorf("%s: no %q in\n%s", tt.name, want, stdout+stderr)
			}
		}
		if strings.Contains(stdout+stderr, value) {
			t.Errorf("%s: the value is shown", tt.name)
		}
	}
}

func testJSON(t *testing.T, tool string) {
	dir, _ := module(t)
	for _, args := range [][]string{{tool, "-json", "./..."}, {"go", "vet", "-vettool=" + tool, "-json", "./..."}} {
		status, stdout, stderr := run(t, dir, args[0], args[1:]...)
		text := stdout
		if args[0] == "go" {
			text = stdout + stderr
		}
		var got []string
		for d := json.NewDecoder(strings.NewReader(uncommented(text))); d.More(); {
			var tree map[string]map[string][]struct{ Category, Posn, Message string }
			if err := d.Decode(&tree); err != nil {
				t.Fatalf("%s: %v\n%s", args, err, text)
			}
			for _, byAnalyzer := range tree {
				for _, list := range byAnalyzer {
					for _, found := range list {
						if found.Category == "" || !strings.Contains(found.Posn, "main.go:") {
							t.Errorf("%s: finding %+v", args, found)
						}
						got = append(got, found.Message)
					}
				}
			}
		}
		if status != 0 || len(got) != len(wants) {
			t.Errorf("%s: status %d and %d findings, want 0 and %d:\n%s", args, status, len(got), len(wants), text)
		}
	}
}

// uncommented leaves out the lines in which go vet names packages.
func uncommented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			b.WriteString(line)
		}
	}
	return b.String()
}

func testDiff(t *testing.T, tool string) {
	dir, _ := module(t)
	before, err := os.ReadFile(filepath.Join(dir, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	_, stdout, stderr := run(t, dir, tool, "-fix", "-diff", "./...")
	for _, want := range []string{"--- ", "+++ ", "-\tlog.Printf(\"using %s\", apiKey)", "+\tlog.Printf(\"using %s\", \"[redacted]\")", "req.Header.Set(\"X-Api-Key\", apiKey)", "os.Getenv("} {
		if !strings.Contains(stdout, want) {
			t.Errorf("-diff: no %q in\n%s%s", want, stdout, stderr)
		}
	}
	if after, err := os.ReadFile(filepath.Join(dir, "main.go")); err != nil || string(after) != string(before) {
		t.Errorf("-diff changed the file (%v):\n%s", err, after)
	}
}

// testFix checks that what -fix leaves builds, and that a second run finds
// nothing.
func testFix(t *testing.T, tool string) {
	dir, _ := module(t)
	if status, stdout, stderr := run(t, dir, tool, "-fix", "./..."); status != 0 {
		t.Errorf("-fix: status %d\n%s%s", status, stdout, stderr)
	}
	if status, stdout, stderr := run(t, dir, "go", "vet", "./..."); status != 0 {
		t.Errorf("go vet after -fix: status %d\n%s%s", status, stdout, stderr)
	}
	if status, stdout, stderr := run(t, dir, tool, "./..."); status != 0 {
		t.Errorf("second run: status %d\n%s%s", status, stdout, stderr)
	}
}

// testVersions runs over code of every version of Go that a go.mod may name.
func testVersions(t *testing.T, tool string) {
	for minor := 18; minor <= 26; minor++ {
		dir := t.TempDir()
		write(t, dir, map[string]string{
			"go.mod": fmt.Sprintf("module sample\n\ngo 1.%d\n", minor),
			"a.go":   "package a\n\nimport \"log\"\n\ntype List[T any] []T\n\nfunc (l List[T]) Each(f func(T)) {\n\tfor _, v := range l {\n\t\tf(v)\n\t}\n}\n\nfunc F(password string) { List[string]{password}.Each(func(s string) {}); log.Print(password) }\n",
		})
		if status, stdout, stderr := run(t, dir, tool, "./..."); status != 3 || !strings.Contains(stdout+stderr, "parameter password") {
			t.Errorf("go 1.%d: status %d, want 3\n%s%s", minor, status, stdout, stderr)
		}
	}
}

// The name of a module says nothing about what is in it; that of a folder does.
func TestModuleNames(t *testing.T) {
	tool := build(t)
	const leak = "package %s\n\nimport (\n\t\"log\"\n\t\"net/http\"\n)\n\nfunc F(password string) {\n\tlog.Print(password)\n\thttp.Get(\"https://api.corp.com/?k=\" + password)\n}\n"
	for _, module := range []string{"sample.test/app", "testmod", "github.com/acme/test", "mocks", "example.com/demo"} {
		dir := t.TempDir()
		write(t, dir, map[string]string{
			"go.mod": "module " + module + "\n\ngo 1.24\n", "app.go": fmt.Sprintf(leak, "app"), "testkit/kit.go": fmt.Sprintf(leak, "testkit"),
		})
		for _, args := range [][]string{{tool, "./..."}, {"go", "vet", "-vettool=" + tool, "./..."}} {
			_, stdout, stderr := run(t, dir, args[0], args[1:]...)
			out := stdout + stderr
			for _, want := range []string{"app.go:9:12: parameter password is written by log.Print", "app.go:10:11: parameter password becomes part of a URL"} {
				if !strings.Contains(out, want) {
					t.Errorf("module %s, %s: no report %q in\n%s", module, args[0], want, out)
				}
			}
			if strings.Contains(out, "kit.go") {
				t.Errorf("module %s, %s: a report on what helps tests in\n%s", module, args[0], out)
			}
		}
	}
}
