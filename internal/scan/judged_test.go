package scan_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/keysift/keysift/internal/decode"
	"github.com/keysift/keysift/internal/judge"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// madeUp returns a value of n letters and digits that looks random and is the
// same for the same seed.
func madeUp(n int, seed uint64) string {
	const alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	out := make([]byte, n)
	for i := range out {
		seed = seed*6364136223846793005 + 1442695040888963407
		out[i] = alphabet[seed>>33%uint64(len(alphabet))]
	}
	return string(out)
}

func judgedSet(t testing.TB) *rules.Set {
	t.Helper()
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// TestJudgedWords holds the words that lead to lines to those that the judge
// asks for.
func TestJudgedWords(t *testing.T) {
	r, ok := judgedSet(t).Rule("generic-credential")
	if !ok {
		t.Fatal("no rule generic-credential")
	}
	got, want := slices.Clone(r.Context), judge.Words()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("words of the rule:\n%q\nwords of the judge:\n%q", got, want)
	}
}

func TestJudged(t *testing.T) {
	value, weak := madeUp(24, 7), "qu1ckfox"+madeUp(3, 5)
	tests := []struct {
		path, text string
		want       bool
	}{
		{"app.py", `db_password = "%s"`, true},
		{"app.env", `SESSION_SECRET=%s`, true},
		{"config.yaml", `clientSecret: %s`, true},
		{"main.go", `const apiToken = "%s"`, true},
		{"main.go", `apiToken := %s`, false}, // an identifier
		{"app.py", `db_password = os.environ["%s"]`, false},
		{"app.env", `SESSION_SECRET=${%s}`, false},
		{"app.py", `commit_hash_label = "no secret here"`, false},

		// a weak value, whose name alone leads to its line
		{"app.yaml", "db:\n  password: $weak", true},
		{"app.yaml", "auth:\n  user: admin\n  password: $weak", true}, // two words, three lines
		{"app.yaml", "  PLAIN_PW: '$weak'", true},                     // the operator belongs to the word
		{"app.yaml", "- name: DB_PASSWORD\n  value: $weak", true},     // named on the line before
		{"app.json", "{\"name\": \"DB_PASSWORD\",\n \"value\": \"$weak\"}", true},
		{"app.json", "{\"passwords\": [\n  \"$weak\",\n  \"$weak\"\n]}", true},
		{"app.json", "{\"name\": \"DB_PASSWORD\", \"value\": \"$weak\"}", true},
		{"app.json", `{"description": "the password is kept, and the secret, too"}`, false},
		{"app.json", `{"cmd": "login --password $weak"}`, true},
		{"app.json", `{"header": "Bearer %s"}`, true},
		{"app.json", `{"body": "{\"password\": \"$weak\"}"}`, true},
		{"app.json", `{"url": "https://a.corp/x?password=$weak"}`, true},
		{"app.go", `	pod "k8s.io/kubernetes/e2e/%s"`, false},
		{"app.yaml", "passwords:\n  - '$weak'", true},
		{"app.yaml", "pass: x\nhosts:\n  - $weak", false},
		{"go.sum", "example.org/a v0.0.0-20180306012644-" + "bacd9c7ef1dd" + "/go.mod", false},
		{"app.py", "password = (\n    '$weak'\n)", true},
		{"app.go", "import (\n\t\"example.org/secret/$weak\"\n)", false},
		{"app.go", "var dbPassword string = \"$weak\"", true},
		{"app.kt", "val password: String? = \"$weak\"", true},
		{"app.cs", "public string Password { get; set; } = \"$weak\";", true},
		{"app.go", "m[\"app/secret\"] = \"$weak\"", true},
		{"api.json", `{"$ref": "#/parameters/limit-%s"}`, false},
	}
	e := scan.New(judgedSet(t), scan.Options{})
	for _, tt := range tests {
		text := tt.text
		text = strings.ReplaceAll(text, "$weak", weak)
		if strings.Contains(text, "%s") {
			text = fmt.Sprintf(text, value)
		}
		found := false
		for _, f := range e.Match(&scan.Chunk{Path: tt.path, Data: []byte(text)}) {
			found = found || f.Confidence >= rules.MediumConfidence
		}
		if found != tt.want {
			t.Errorf("%s: %s: found %v, want %v", tt.path, tt.text, found, tt.want)
		}
	}
}

func TestExplain(t *testing.T) {
	e := scan.New(judgedSet(t), scan.Options{})
	value := madeUp(24, 9)
	text := "x = 1\npassword = '" + value + "'\npassword = 'changeme'\n"
	x := e.Explain(&scan.Chunk{Path: "a.py", Data: []byte(text)}, 2)
	if len(x.Findings) != 1 || len(x.Judged) == 0 || !x.Looked || len(x.Judged[0].Reasons) == 0 {
		t.Errorf("reported line: %d findings, judged %+v, looked %v", len(x.Findings), x.Judged, x.Looked)
	}
	x = e.Explain(&scan.Chunk{Path: "a.py", Data: []byte(text)}, 3)
	if len(x.Findings) != 0 || len(x.Judged) == 0 || x.Judged[0].Rejected == "" && x.Judged[0].Withheld == "" {
		t.Errorf("placeholder: %d findings, judged %+v", len(x.Findings), x.Judged)
	}
	if s := fmt.Sprintf("%+v", e.Explain(&scan.Chunk{Path: "a.py", Data: []byte(text)}, 2)); strings.Contains(s, value[4:12]) {
		t.Errorf("the explanation holds the value: %s", s)
	}
	if x := e.Explain(&scan.Chunk{Path: "a.py", Data: []byte(text)}, 99); len(x.Judged) != 0 {
		t.Errorf("line past the end: %+v", x)
	}
}

// TestLongLine holds a line of many words to time in proportion to its length,
// and windows of it to the findings in the whole.
// A text of nothing but operators, or of nothing but words that lead the judge to
// it, takes time that grows with its length and not faster, and ends with the scan.
func TestHostileLine(t *testing.T) {
	engine := scan.New(judgedSet(t), scan.Options{})
	took := func(text string) time.Duration {
		start := time.Now()
		engine.Match(&scan.Chunk{Path: "a.txt", Data: []byte(text)})
		return time.Since(start)
	}
	for _, unit := range []string{"password=", "password=a ", "token: ", "{\"password\":", "secret("} {
		const n = 4 << 10
		short, long := took(strings.Repeat(unit, n/len(unit))), took(strings.Repeat(unit, 16*n/len(unit)))
		if long > 50*short && long > 3*time.Second {
			t.Errorf("%q: %v for %d bytes, %v for sixteen times as many", unit, short, n, long)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	for range engine.Scan(ctx, texts{strings.Repeat("password=", 1<<19)}) {
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("a scan that was to end after 100ms took %v", d)
	}
}

// texts is a source of chunks.
type texts []string

func (s texts) Chunks(context.Context) iter.Seq2[*scan.Chunk, error] {
	return func(yield func(*scan.Chunk, error) bool) {
		for _, text := range s {
			if !yield(&scan.Chunk{Path: "a.txt", Data: []byte(text)}, nil) {
				return
			}
		}
	}
}

func TestLongLine(t *testing.T) {
	e := scan.New(judgedSet(t), scan.Options{})
	value, many := madeUp(24, 11), 20_000
	if testing.Short() {
		many = 12_000
	}
	for _, path := range []string{"a.min.js", "a.json", "a.txt"} {
		text := strings.Repeat("var token=f(a);", many) + "password=\"" + value + "\";" + strings.Repeat("var token=f(a);", many)
		start := time.Now()
		whole := e.Match(&scan.Chunk{Path: path, Data: []byte(text)})
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: took %v", path, took)
		}
		at := strings.Index(text, value)
		lo, hi := at-scan.Margin-1, at+scan.Margin+1
		part := e.Match(&scan.Chunk{
			Path: path, Data: []byte(text[lo:hi]), Lead: scan.Margin, Trail: scan.Margin, Encoding: decode.Text,
			Base: scan.Position{Line: 1, Column: lo + 1, Byte: int64(lo)},
		})
		var there []scan.Finding
		for _, f := range whole {
			if f.Start.Byte == int64(at) {
				there = append(there, f)
			}
		}
		if len(there) != 1 || describe(part) != describe(there) {
			t.Errorf("%s: whole %s, window %s", path, describe(there), describe(part))
		}
	}
}

// TestJudgedBinary holds that in a binary file only rules find anything.
func TestJudgedBinary(t *testing.T) {
	e := scan.New(judgedSet(t), scan.Options{})
	text := []byte("db_password = \"" + madeUp(24, 7) + "\"\n")
	c := &scan.Chunk{Path: "app.py", Data: text}
	if n := len(e.Match(c)); n != 1 {
		t.Fatalf("%d findings in text, want 1", n)
	}
	c.Encoding = decode.Binary
	if n := len(e.Match(c)); n != 0 {
		t.Errorf("%d findings in a binary file, want none", n)
	}
}
