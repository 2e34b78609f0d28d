package rules

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"
)

func builtin(t testing.TB) *Set {
	t.Helper()
	s, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestBuiltinTable holds the embedded table to the files it was made from, byte
// by byte and field by field.
func TestBuiltinTable(t *testing.T) {
	table, err := Compile(os.DirFS("."), "builtin")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(table, []byte(builtinTable)) {
		t.Error("builtin.table is not what the rule files compile to; run: go generate ./rules")
	}
	want, remedies, err := Decode(os.DirFS("."), "builtin")
	if err != nil {
		t.Fatal(err)
	}
	set := builtin(t)
	got := set.Rules()
	if len(got) != len(want) {
		t.Fatalf("%d rules, want %d", len(got), len(want))
	}
	for i, r := range got {
		g := *r
		w := *want[i]
		if (g.Path == nil) != (w.Path == nil) || g.Path != nil && g.Path.String() != w.Path.String() {
			t.Errorf("%s: path %v, want %v", w.ID, g.Path, w.Path)
		}
		if len(g.reject) != len(g.Reject) {
			t.Errorf("%s: %d reject patterns, want %d", w.ID, len(g.reject), len(g.Reject))
		}
		g.Path, w.Path, g.reject, w.Engine = nil, nil, nil, g.Engine
		normalise(&w)
		if !reflect.DeepEqual(g, w) {
			t.Errorf("%s:\n got %+v\nwant %+v", w.ID, g, w)
		}
	}
	if got := set.Remedies(); len(got) != len(remedies) {
		t.Errorf("%d remedies, want %d", len(got), len(remedies))
	} else {
		for i, m := range got {
			if !reflect.DeepEqual(m, remedies[i]) {
				t.Errorf("remedy %s:\n got %+v\nwant %+v", m.ID, m, remedies[i])
			}
		}
	}
}

// normalise makes empty lists nil, as the table does.
func normalise(r *Rule) {
	for _, l := range []*[]string{&r.Markers, &r.Context, &r.Args, &r.Aliases, &r.Reject, &r.Examples.Match, &r.Examples.Reject} {
		if len(*l) == 0 {
			*l = nil
		}
	}
}

func TestBuiltinRules(t *testing.T) {
	set := builtin(t)
	aliases := map[string]string{}
	slow := 0
	for _, r := range set.Rules() {
		if r.Provider == "" {
			t.Errorf("%s: no provider", r.ID)
		}
		if r.Shape == "" {
			t.Errorf("%s: no shape, so no test can make a sample", r.ID)
		}
		if r.Engine == Regexp {
			slow++
			t.Logf("%s runs by package regexp", r.ID)
		}
		m, ok := set.Remedy(r.Remedy)
		if !ok || len(m.Steps) == 0 || !strings.HasPrefix(m.Source, "https://") {
			t.Errorf("%s: remedy %q has no steps or no https source", r.ID, r.Remedy)
		}
		for _, a := range r.Aliases {
			if other, taken := aliases[a]; taken {
				t.Errorf("alias %q belongs to both %s and %s", a, other, r.ID)
			}
			aliases[a] = r.ID
		}
	}
	if limit := set.Len() / 20; slow > limit {
		t.Errorf("%d of %d rules need package regexp, at most %d may", slow, set.Len(), limit)
	}
}

func TestSetToggle(t *testing.T) {
	set := builtin(t)
	id := set.Rules()[0].ID
	less, err := set.Disable(id)
	if err != nil {
		t.Fatal(err)
	}
	if less.Len() != set.Len()-1 {
		t.Errorf("%d rules after Disable, want %d", less.Len(), set.Len()-1)
	}
	if again, err := less.Enable(id); err != nil || again.Len() != set.Len() {
		t.Errorf("Enable does not undo Disable: %v", err)
	}
	if one, err := set.Only(id); err != nil || one.Len() != 1 || one.Rules()[0].ID != id {
		t.Errorf("Only(%q): %v", id, err)
	}
	if _, err := set.Disable("no-such-rule"); err == nil || !strings.Contains(err.Error(), `unknown rule "no-such-rule"`) {
		t.Errorf("unknown id: error %v", err)
	}
}

const ownRule = `
[[rule]]
id = "acme-token"
title = "Acme token"
severity = "high"
markers = ["kst_"]
pattern = 'kst_[a-z]{8}'
`

func TestExtend(t *testing.T) {
	set, err := builtin(t).Extend("own.toml", []byte(ownRule))
	if err != nil {
		t.Fatal(err)
	}
	r, ok := set.Rule("acme-token")
	if !ok || r.Remedy != "generic" || r.Severity != High {
		t.Fatalf("rule %+v", r)
	}
	found := set.NewMatcher().Find("a.txt", []byte("x = kst_abcdefgh"), true)
	if len(found) != 1 || found[0].Rule.ID != "acme-token" || found[0].SecretStart != 4 {
		t.Errorf("found %+v", found)
	}
	if _, err := set.Extend("twice.toml", []byte(ownRule)); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("same id again: error %v", err)
	}
}

func TestMalformed(t *testing.T) {
	head := "[[rule]]\nid = \"acme\"\ntitle = \"Acme\"\nseverity = \"high\"\n"
	tests := []struct{ name, text, want string }{
		{"syntax", "[[rule]\nid=1", "own.toml:2: expected end of table array name"},
		{"unknown key", head + "pattern = 'kst_a'\nmarkers = ['kst_']\ncolour = 'red'\n", `own.toml:7: rule "acme": unknown key "rule.colour"`},
		{"unknown table", "[rulez]\nid = 'x'\n", `own.toml:1: unknown key "rulez"`},
		{"no id", "[[rule]]\ntitle = 'x'\n", `id is missing`},
		{"bad id", "[[rule]]\nid = 'A b'\n", `own.toml:2: rule "A b": id "A b" holds 'A', want lower-case letters, digits and hyphens`},
		{"no severity", "[[rule]]\nid = 'acme'\ntitle = 'x'\n", `own.toml:2: rule "acme": severity is missing`},
		{"bad severity", "[[rule]]\nid = 'acme'\ntitle = 'x'\nseverity = 'huge'\n", `unknown severity "huge"`},
		{"no pattern", head, `own.toml:2: rule "acme": pattern is missing`},
		{"bad pattern", head + "pattern = 'kst_[a'\n", `own.toml:2: rule "acme": pattern: error parsing regexp: missing closing ]`},
		{"bad reject", head + "pattern = 'kst_a'\nmarkers=['kst_']\nreject = ['(']\n", `rule "acme": reject: `},
		{"marker not in pattern", head + "pattern = 'kst_a'\nmarkers = ['abc_']\n", `marker "abc_" is no literal part of pattern kst_a`},
		{"nothing triggers", head + "pattern = '[a-z]{8}'\n", `nothing can trigger it`},
		{"upper-case context", head + "pattern = '[a-z]{8}'\ncontext = ['Acme']\n", `context word "Acme": want lower case`},
		{"far context", head + "pattern = '[a-z]{8}'\ncontext = ['acme']\nback = 5000\n", `back or forward is 5000, want 0 to 4096`},
		{"unknown remedy", head + "pattern = 'kst_a'\nmarkers = ['kst_']\nremedy = 'none-such'\n", `own.toml:2: rule "acme": unknown remedy "none-such"`},
		{"remedy without source", "[remedy]\nid = 'acme'\n", `own.toml: remedy "acme": source "" is no https URL`},
		{"unknown action", "[remedy]\nid = 'acme'\nsource = 'https://acme.example'\n[[remedy.step]]\naction = 'pray'\ntext = 'x'\n", `unknown action "pray"`},
		{"empty match", head + "pattern = '[a-z]*'\ncontext = ['acme']\n", `pattern may match nothing`},
	}
	for _, tt := range tests {
		_, err := builtin(t).Extend("own.toml", []byte(tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want it to hold %s", tt.name, err, tt.want)
		}
	}
}

func FuzzExtend(f *testing.F) {
	f.Add([]byte(ownRule))
	set := builtin(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := set.Extend("own.toml", data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "own.toml") {
				t.Errorf("error does not name the file: %v", err)
			}
			return
		}
		s.NewMatcher().Find("a", []byte("kst_abcdefgh acme token"), true)
	})
}

func TestDamagedTable(t *testing.T) {
	for n := 0; n < len(builtinTable); n += len(builtinTable)/50 + 1 {
		if _, err := openTable(builtinTable[:n]); err == nil {
			t.Errorf("the first %d of %d bytes open as a table", n, len(builtinTable))
		}
	}
}

func BenchmarkBuiltin(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Builtin(); err != nil {
			b.Fatal(err)
		}
	}
}
