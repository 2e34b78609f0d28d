package policy

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/keysift/keysift/rules"
)

// files is a set of files by their paths.
type files map[string]string

func (f files) read(name string) ([]byte, error) {
	text, ok := f[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return []byte(text), nil
}

func TestConfigErrors(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"min-confidence = 'sure'", `c.toml:1: min-confidence: unknown confidence "sure", want one of ["low" "medium" "high" "certain"]`},
		{"min-severity = 'none'", `c.toml:1: min-severity: "none" is never reported; use low, medium, high or critical, or an allow entry`},
		{"\ncolour = 1", `c.toml:2: unknown key "colour"`},
		{"b = 1\na = 2", `c.toml:2: unknown key "a"`},
		{"exclude = 1", `c.toml:1: exclude is no string or array of strings`},
		{"exclude = ['x', 1]", `c.toml:1: exclude holds 1, want strings only`},
		{"exclude = '/'", `c.toml:1: exclude: pattern "/": it names nothing`},
		{"exclude = 'a[b'", `c.toml:1: exclude: pattern "a[b": a class wants its ]`},
		{"comments = 'no'", `c.toml:1: comments is no boolean`},
		{"max-archive-depth = -1", `c.toml:1: max-archive-depth is -1, want 0 or more`},
		{"max-file-size = 'big'", `c.toml:1: max-file-size: "big" is not a size such as 512k, 10M or 2G`},
		{"max-age = '3 months'", `c.toml:1: max-age: "3 months" is no duration such as 90d, 12h or 30s`},
		{"locked = 'extend'", `c.toml:1: locked: "extend" is no key that can be locked`},
		{"x = ", `c.toml:1: expected value but found '\n' instead`},
		{"allow = 1", `c.toml:1: allow is no array of tables; write [[allow]]`},
		{"[allow]\nrule='x'", `c.toml:1: allow is no array of tables; write [[allow]]`},
		{"[[allow]]\nrule='x'", `c.toml:1: allow: reason is missing`},
		{"[[allow]]\nrule='x'\nreason=' '", `c.toml:3: allow: reason: " " gives no reason`},
		{"[[allow]]\nreason='y'", `c.toml:1: allow: it would allow everything; name a rule, path, fingerprint, secret, line or commit`},
		{"[[allow]]\nrule='x'\nreason='y'\n\n[[allow]]\nrule='x'\nreson='y'", `c.toml:7: unknown key "allow.reson"`},
		{"[[allow]]\nrule='x'\nreason='y'\n\n[[allow]]\nrule='x'\nsecret = [\n 'a',\n '(',\n]\nreason='y'", "c.toml:7: allow: secret: error parsing regexp: missing closing ): `(`"},
		{"[[allow]]\nrule='x'\nreason='y'\nexpires='soon'", `c.toml:1: allow: expires: "soon" is no date; write for example 2031-12-31`},
		{"[[allow]]\nfingerprint='ks1-00'\nreason='y'", `c.toml:2: allow: fingerprint: "ks1-00" is no fingerprint; one looks like ks1- and 32 hexadecimal digits`},
		{"[[allow]]\ncommit='HEAD'\nreason='y'", `c.toml:2: allow: commit: "HEAD" is not the id of a commit, at least 7 hexadecimal digits`},
		{"[[allow]]\nsecret=''\nreason='y'", `c.toml:2: allow: secret: an empty expression matches everything`},
		{"allow = [{rule='x', reson='y'}]", `c.toml:1: unknown key "allow.reson"`},
		{"[[severity]]\npath='x'", `c.toml:1: severity: set is missing`},
		{"[[severity]]\nset='low'", `c.toml:1: severity: it would change everything; name a rule or a path`},
		{"title = 'x'\n[[rules]]\nid = 'x'", `c.toml:2: this is a configuration of gitleaks; turn it into ours with: keysift config import c.toml`},
		{"[extend]\nuseDefault = true", `c.toml:1: this is a configuration of gitleaks; turn it into ours with: keysift config import c.toml`},
		{"[allowlist]\npaths = ['x']", `c.toml:1: this is a configuration of gitleaks; turn it into ours with: keysift config import c.toml`},
		{"rules = [1]", `c.toml:1: rules holds 1, want strings only`},
		{"[[require]]\nrule='x'", `c.toml:1: require: rule and with are both needed`},
		{"extend = 'gone.toml'", `c.toml: extend: open gone.toml: file does not exist`},
		{"extend = 'c.toml'", `c.toml: extends itself by way of c.toml`},
	} {
		_, err := Load(LoadOptions{File: "c.toml", Read: files{"c.toml": tt.text + "\n"}.read})
		if got := fmt.Sprint(err); got != tt.want {
			t.Errorf("%q:\ngot  %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

func load(t *testing.T, org, file string, f files) *Config {
	t.Helper()
	c, err := Load(LoadOptions{Org: org, File: file, Read: f.read})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestConfigLayers(t *testing.T) {
	c := load(t, "org.toml", "repo/c.toml", files{
		"org.toml":            "min-confidence = 'high'\nmin-severity = 'medium'\nexclude = 'a'\nlocked = ['min-severity', 'disable-rule', 'allow']\n[[allow]]\nrule = 'x'\nreason = 'y'\n",
		"repo/c.toml":         "extend = 'more/base.toml'\nmin-confidence = 'low'\nmin-severity = 'low'\nexclude = ['b', 'c']\ndisable-rule = 'z'\n[[allow]]\nrule = 'z'\nreason = 'y'\n",
		"repo/more/base.toml": "min-confidence = 'certain'\ntimeout = '5m'\nlocked = 'timeout'\n[[rule]]\nid = 'own'\n",
	})
	for _, tt := range []struct{ name, want string }{
		{"min-confidence", "low repo/c.toml:2"},
		{"min-severity", "medium org.toml:2"},
		{"exclude", "a org.toml:3, b repo/c.toml:4, c repo/c.toml:4"},
		{"disable-rule", ""},
		{"timeout", "5m repo/more/base.toml:2"},
	} {
		var got []string
		for _, v := range c.Setting(tt.name).Values {
			got = append(got, v.Text+" "+v.From)
		}
		if s := strings.Join(got, ", "); s != tt.want {
			t.Errorf("%s is %q, want %q", tt.name, s, tt.want)
		}
	}
	if e := c.Entries(); len(e) != 1 || e[0].Text != "allow rule x (y)" {
		t.Errorf("entries are %v, want the organisation's only", e)
	}
	want := []string{
		"repo/more/base.toml:3: locked counts in the organisation's configuration only",
		"repo/c.toml:3: min-severity does not count: org.toml:4 has locked it",
		"repo/c.toml:5: disable-rule does not count: org.toml:4 has locked it",
		"repo/c.toml:6: allow does not count: org.toml:4 has locked it",
	}
	if !slices.Equal(c.Warnings, want) {
		t.Errorf("warnings\n%s\nwant\n%s", strings.Join(c.Warnings, "\n"), strings.Join(want, "\n"))
	}
	if want := []string{"org.toml", "repo/more/base.toml", "repo/c.toml"}; !slices.Equal(c.Files, want) {
		t.Errorf("files are %q, want %q", c.Files, want)
	}
	if len(c.Rules) != 1 || !strings.HasPrefix(string(c.Rules[0].Data), "\n\n\n[[rule]]\nid = 'own'") {
		t.Errorf("rules are %q, want those of base.toml on their lines", c.Rules)
	}
}

// TestRulesKeepTheirLines: an error in a rule names the line in the whole file.
func TestRulesKeepTheirLines(t *testing.T) {
	text := "min-severity = 'low'\n\n[[allow]]\nrule = 'x'\nreason = '''\n[[rule]]\n'''\n\n[[rule]]\nid = \"own\"\ntitle = \"Own\"\nseverity = \"high\"\ncolour = \"red\"\n\n[[severity]]\nrule = 'own'\nset = 'low'\n"
	c := load(t, "", "c.toml", files{"c.toml": text})
	if len(c.Rules) != 1 {
		t.Fatalf("%d parts with rules, want 1", len(c.Rules))
	}
	_, err := rules.Parse(c.Rules[0].Name, c.Rules[0].Data)
	if got, want := fmt.Sprint(err), `c.toml:13: rule "own": unknown key "rule.colour"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// schemaNode is the part of a JSON Schema that names keys.
type schemaNode struct {
	Properties map[string]*schemaNode `json:"properties"`
	Items      *schemaNode            `json:"items"`
	Required   []string               `json:"required"`
}

// TestSchema holds the published schema to the decoder: each has every key of
// the other.
func TestSchema(t *testing.T) {
	data, err := os.ReadFile("../../docs/keysift-schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var root schemaNode
	if err := json.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	compare := func(what string, node *schemaNode, keys []schemaKey) {
		var want []string
		for _, k := range keys {
			want = append(want, k.name)
		}
		slices.Sort(want)
		if got := slices.Sorted(maps.Keys(node.Properties)); !slices.Equal(got, want) {
			t.Errorf("%s: the schema has %q, the decoder %q", what, got, want)
		}
	}
	compare("root", &root, rootKeys())
	for _, k := range rootKeys() {
		if k.kind == tablesValue {
			compare(k.name, root.Properties[k.name].Items, tableKeys(k.name))
		}
	}
	source, err := os.ReadFile("../../rules/load.go")
	if err != nil {
		t.Fatal(err)
	}
	rule := root.Properties["rule"].Items.Properties
	for typ, node := range map[string]map[string]*schemaNode{
		"tomlRule": rule, "tomlExamples": rule["examples"].Properties,
		"tomlRemedy": root.Properties["remedy"].Properties, "tomlStep": root.Properties["remedy"].Properties["step"].Items.Properties,
	} {
		body := regexp.MustCompile(`(?s)type ` + typ + ` struct \{(.*?)\n\}`).FindSubmatch(source)
		if body == nil {
			t.Fatalf("no type %s", typ)
		}
		var want []string
		for _, m := range regexp.MustCompile("toml:\"(.*?)\"").FindAllSubmatch(body[1], -1) {
			want = append(want, string(m[1]))
		}
		slices.Sort(want)
		if got := slices.Sorted(maps.Keys(node)); !slices.Equal(got, want) {
			t.Errorf("%s: the schema has %q, the decoder %q", typ, got, want)
		}
	}
}

// TestEveryKeyIsDocumented holds the manual to the schema.
func TestEveryKeyIsDocumented(t *testing.T) {
	data, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"", "allow", "severity", "require"} {
		keys := tableKeys(table)
		if table == "" {
			keys = rootKeys()
		}
		for _, k := range keys {
			if text := string(data); !strings.Contains(text, "`"+k.name+"`") && !strings.Contains(text, "`[["+k.name+"]]`") {
				t.Errorf("docs/configuration.md does not name the key %s %s", table, k.name)
			}
		}
	}
}

func TestGlob(t *testing.T) {
	for _, tt := range []struct {
		pattern, path string
		want          bool
	}{
		{"*.txt", "a.txt", true},
		{"*.txt", "d/e/a.txt", true},
		{"*.txt", "a.txt.go", false},
		{"test", "a/test/b", true},
		{"test/", "a/test/b", true},
		{"test/", "a/test", false},
		{"/test", "a/test", false},
		{"/test", "test/x", true},
		{"a/b", "a/b/c", true},
		{"a/b", "x/a/b", false},
		{"./a/b", "a/b", true},
		{"**/b", "b", true},
		{"**/b", "x/y/b", true},
		{"a/**", "a", false},
		{"a/**", "a/b/c", true},
		{"a/**/z", "a/z", true},
		{"a/**/z", "a/b/c/z", true},
		{"a/*/z", "a/b/c/z", false},
		{"a?c", "abc", true},
		{"a?c", "a/c", false},
		{"[a-c]x", "bx", true},
		{"[!a-c]x", "bx", false},
		{"[!a-c]x", "zx", true},
		{`a\*`, "a*", true},
		{`a\*`, "ab", false},
		{"a.b", "aXb", false},
		{"a+(b)", "a+(b)", true},
		{"**", "a/b", true},
	} {
		re, err := compileGlob(tt.pattern)
		if err != nil {
			t.Errorf("%q: %v", tt.pattern, err)
			continue
		}
		if got := re.MatchString(tt.path); got != tt.want {
			t.Errorf("%q on %q: got %v, want %v", tt.pattern, tt.path, got, tt.want)
		}
	}
}

// FuzzConfig: whatever is accepted can be shown, and its rules stand on lines of
// the file.
func FuzzConfig(f *testing.F) {
	f.Add("min-confidence = 'high'\n[[allow]]\nrule = ['a', \"b\"]\nreason = '''x\n'''\n")
	f.Add("exclude = [ # why\n 'a', # ]\n]\n[[rule]]\nid = 'x'\n")
	f.Add("allow = [{rule = 'x', reason = 'y'}]\n\"min-severity\" = \"low\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseFile("f", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f:") {
				t.Errorf("error without a file: %v", err)
			}
			return
		}
		lines := strings.Count(text, "\n") + 1
		for _, s := range c.index.statements {
			if s.start < 1 || s.end > lines || s.start > s.end {
				t.Errorf("%q: statement %+v of %d lines", text, s, lines)
			}
		}
		if c.rules.Data != nil && strings.Count(string(c.rules.Data), "\n") != lines-1 {
			t.Errorf("%q: rules have other lines: %q", text, c.rules.Data)
		}
	})
}
