package rules

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// sourceText returns Go source of the standard library, about 20 MB of it.
func sourceText(t testing.TB) []byte {
	t.Helper()
	var text []byte
	err := filepath.WalkDir(filepath.Join(runtime.GOROOT(), "src"), func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".go") || len(text) > 20<<20 {
			return err
		}
		data, err := os.ReadFile(p)
		text = append(text, data...)
		return err
	})
	if err != nil || len(text) == 0 {
		t.Skipf("no source of the standard library: %v", err)
	}
	return text
}

// TestTriggers holds each trigger to at most 0.1 hits per KB of Go source, so
// that no rule costs more than it is worth.
func TestTriggers(t *testing.T) {
	text := sourceText(t)
	for _, l := range builtin(t).layers {
		count := make([]int, len(l.trigLen))
		var found lanes
		l.auto.scan(text, &found)
		for _, lane := range found {
			for _, h := range lane {
				for _, id := range l.auto.triggers(h.state) {
					count[id]++
				}
			}
		}
		total := 0
		for id, n := range count {
			total += n
			if n*1024 > len(text)/10 {
				ref := &l.refs[l.trigRefs[id]-1]
				t.Errorf("trigger %q of rule %q: %.2f hits per KB", ref.marker(l.pool), (&coldReader{l.cold[l.ruleAt[ref.rule()]:]}).str(), float64(n)*1024/float64(len(text)))
			}
		}
		t.Logf("%d states, %d triggers, %.2f hits per KB in all", len(l.auto.outEnd), len(l.trigLen), float64(total)*1024/float64(len(text)))
	}
}

const wordRules = `
[[rule]]
id = "acme-key"
title = "Acme key"
severity = "high"
context = ["acme"]
pattern = '[a-z0-9]{24}'
back = 40
forward = 40
lines = 1

[[rule]]
id = "fb-key"
title = "FB key"
severity = "high"
context = ["fb"]
pattern = '[a-f0-9]{32}'

[[rule]]
id = "long-key"
title = "Long key"
severity = "high"
context = ["longkey"]
pattern = '[a-z0-9]{8}\.[a-z0-9]{300,400}'
back = 20
forward = 20
`

// TestContext looks for tokens that a word near by gives away.
func TestContext(t *testing.T) {
	set, err := new(Set).Extend("own.toml", []byte("remedy.id='generic'\nremedy.source='https://acme.example'\n"+wordRules))
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(3, 4))
	random := func(n int, alphabet string) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = alphabet[rnd.IntN(len(alphabet))]
		}
		return string(b)
	}
	const mixed = "bdghkmnpqrtvwxz2356789"
	acme := random(24, mixed)
	hash := random(14, "cde34567") + "3fb4" + random(14, "cde34567")
	long := random(8, "bdghk23") + "." + random(390, "bdghkmnpqrtvwxz2356789")
	tests := []struct{ name, text, want string }{
		{"before", "acme = " + acme, "acme-key"},
		{"behind", acme + " is the one of ACME", "acme-key"},
		{"line above", "acme:\n  key: " + acme, "acme-key"},
		{"two lines above", "acme:\n\n  key: " + acme, ""},
		{"too far", "acme" + strings.Repeat(" ", 60) + acme, ""},
		{"part of a word", "placmeat = " + acme, ""},
		{"hump", "theAcmeKey = " + acme, "acme-key"},
		{"member", "acme." + acme, ""},
		{"spelt by the credential", "key = " + hash, ""},
		{"short word", "fb_secret = " + hash, "fb-key"},
		{"short word with a digit", "0fb = " + hash, ""},
		{"longer than the reach", "longkey = " + long, "long-key"},
		{"longer than the reach, word behind", long + " longkey", "long-key"},
	}
	m := set.NewMatcher()
	for _, tt := range tests {
		got := ""
		for _, f := range m.Find("a.txt", []byte(tt.text), true) {
			got += f.Rule.ID
		}
		if got != tt.want {
			t.Errorf("%s: %q: found %q, want %q", tt.name, tt.text, got, tt.want)
		}
	}
}

func BenchmarkAutomaton(b *testing.B) {
	text := sourceText(b)
	l := builtin(b).layers[0]
	var found lanes
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		l.auto.scan(text, &found)
	}
}

func BenchmarkFind(b *testing.B) {
	text := sourceText(b)
	m := builtin(b).NewMatcher()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		m.Find("a.go", text, true)
	}
}
