package scan

import (
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/judge"
)

// TestLeads holds which words of a program and of data lead the judge to a line;
// the word is that between angle brackets.
func TestLeads(t *testing.T) {
	tests := []struct {
		path, text string
		want       bool
	}{
		{"a.go", `<pass>word := "x1y2"`, true},
		{"a.go", `<pass>word := read()`, false},
		{"a.go", `<pass>word := ""`, false},
		{"a.go", `<pass>word := "ab"`, false},
		{"a.go", `<pass>word := "\"" + x`, true},
		{"a.go", `<token> := "{"a":"x1y2"}"`, true},
		{"a.go", `f("a", <pass>word, "x1y2")`, false},
		{"a.go", `Resource("<secret>s").Get()`, false},
		{"a.go", `f("the <secret>-name.x")`, false},
		{"a.go", `f("<secret>", "x1y2")`, true},
		{"a.go", `"<secret>": "x1y2",`, true},
		{"a.go", `f("<secret>=x1y2")`, true},
		{"a.go", `x["api_<key">] = v`, false},
		{"a.go", `x["api_<key">] = "x1y2"`, true},
		{"a.go", `import "k8s.io/api/<auth>entication"`, false},
		{"a.go", `// the <token> of somebody`, false},
		{"a.go", `// authenticate by a bearer <token>`, false},
		{"a.go", `// <token>: abc`, true},
		{"a.go", `// use <token> a1b2`, false},
		{"a.go", `// use "<token>" a1b2`, true},
		{"a.go", `var <token> string = "x1y2"`, true},
		{"a.go", `key := [8]byte{1, 2, 3, 4, 5, 6, 7, 8} // <secret>`, false},
		{"a.go", `<secret> := [8]byte{1, 2, 3, 4, 5, 6, 7, 8}`, true},
		{"a.go", `<secret> := 0xdeadbeef`, true},
		{"a.json", `"<secret>Ref": {`, false},
		{"a.json", `"<secret>": "x1y2"`, true},
		{"a.json", `"text": "a <secret> of theirs"`, false},
		{"a.json", `"name": "<secret>",`, true},
		{"a.yaml", `# no <secret> in here`, false},
		{"a.yaml", `<secret>: x1y2`, true},
	}
	for _, tt := range tests {
		at, end := strings.Index(tt.text, "<"), strings.Index(tt.text, ">")-1
		text := []byte(strings.NewReplacer("<", "", ">", "").Replace(tt.text) + "\n")
		f := judge.FamilyOf(tt.path)
		got := leadsOn(f, text, at, end)
		if got && inCode(f) {
			l := line{word: true, end: len(text) - 1, open: goesOn(text, end)}
			l.literal = !l.open && holdsValue(text, at, end)
			got = l.wanted(text)
		}
		if got != tt.want {
			t.Errorf("%s: %s: %v, want %v", tt.path, tt.text, got, tt.want)
		}
	}
}
