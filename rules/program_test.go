package rules

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"testing"
)

// compileOne returns a set of one rule whose pattern is matched wherever the
// marker stands.
func compileOne(t testing.TB, r *Rule) *Set {
	t.Helper()
	r.ID, r.Title, r.Severity = "test", "test", High
	table, err := compileTable([]*Rule{r}, nil)
	if err != nil {
		t.Fatalf("pattern %s: %v", r.Pattern, err)
	}
	l, err := newLayer(string(table), 0)
	if err != nil {
		t.Fatal(err)
	}
	return (&Set{}).with(l)
}

var programPatterns = []string{
	`kst_[a-z]{4}`,
	`kst_[a-z]{2,6}`,
	`kst_[a-z]+_[0-9]{2}`,
	`kst_[a-z_]{2,9}_[0-9]{2}`,
	`kst_(?:ab|abc|b)c?d`,
	`kst_(?P<secret>[a-d]+)=[a-d]`,
	`kst_(?:[a-c]{2}-){1,3}d`,
	`kst_(?:a[bc])*d`,
	`kst_.*?d`,
	`kst_(?i:ab)[c-d]?`,
	`kst_[^d]{1,5}d`,
	`kst_a{0,3}a{2}b`,
	`kst_(?:a|b)+\b`,
	`kst_[a-d]{3}[a-d]{0,4}$`,
	`kst_(?:a??b|c)d`,
	`(?:[a-c]{1,3}-)?kst_a`,
	`[a-d]{2}kst_[a-d]{2}`,
	`[a-d]{1,4}kst_(?:a|ab)`,
}

// TestProgramAgainstRegexp holds the byte program to the matches of package
// regexp, on texts made of the bytes that the patterns tell apart.
func TestProgramAgainstRegexp(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	const alphabet = "abcdABCD-_=019 \nkst_"
	for _, pattern := range programPatterns {
		for range 3000 {
			text := make([]byte, 0, 40)
			for range rnd.IntN(4) {
				text = append(text, alphabet[rnd.IntN(len(alphabet))])
			}
			text = append(text, "kst_"...)
			for range rnd.IntN(14) {
				text = append(text, alphabet[rnd.IntN(len(alphabet))])
			}
			compareWithRegexp(t, pattern, text)
		}
	}
}

func FuzzProgram(f *testing.F) {
	for _, p := range programPatterns {
		f.Add(p, []byte("ab kst_abcd-kst_ab_01"))
	}
	f.Fuzz(func(t *testing.T, pattern string, text []byte) {
		for _, c := range []byte(pattern + string(text)) {
			if c >= 0x80 {
				return // bytes outside ASCII are matched one by one, see patternParser
			}
		}
		if _, err := syntax.Parse(pattern, syntax.Perl); err != nil || len(pattern) > 60 || len(text) > 300 {
			return
		}
		compareWithRegexp(t, pattern, text)
	})
}

// compareWithRegexp tries a pattern at every place of text, with no bound on
// what may stand around it.
func compareWithRegexp(t *testing.T, pattern string, text []byte) {
	t.Helper()
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		t.Fatal(err)
	}
	p := patternParser{}
	pl := newPool()
	sh, err := p.analyse(re)
	if err != nil {
		return
	}
	code, _, err := compileProgram(p, pl, re)
	if err != nil {
		return
	}
	m := machine{sets: pl.sets, pool: pl.text.String()}
	want := regexp.MustCompile(`\A(?s:.{0})(?P<whole>` + re.String() + `)`)
	inside := regexp.MustCompile(`\A(?s:.)(?P<whole>` + re.String() + `)`)
	group := want.SubexpIndex("secret")
	for at := range len(text) + 1 {
		r, from := want, at
		if at > 0 {
			r, from = inside, at-1
		}
		g := r.FindSubmatchIndex(text[from:])
		if bytes.Contains([]byte(pattern), []byte("A")) && at > 0 {
			continue // \A has another meaning in the cut text
		}
		got, how := m.run(code, text, at, len(text), nil)
		if how == exhausted {
			continue
		}
		if (g != nil) != (how == matched) {
			t.Fatalf("%s at %d of %q: matched %v, want %v", pattern, at, text, how == matched, g != nil)
		}
		if g == nil {
			continue
		}
		w := span{from + g[2], from + g[3], from + g[2], from + g[3]}
		if group > 0 && g[2*group] >= 0 {
			w.secretStart, w.secretEnd = from+g[2*group], from+g[2*group+1]
		}
		if got.start != w.start || got.end != w.end || group > 0 && g[2*group] >= 0 && got != w {
			t.Fatalf("%s at %d of %q: got %+v, want %+v", pattern, at, text, got, w)
		}
		if n := got.end - got.start; n < sh.min || n > sh.max {
			t.Fatalf("%s: match of %d bytes, analysed %d to %d", pattern, n, sh.min, sh.max)
		}
	}
}

func TestBoundaries(t *testing.T) {
	set := compileOne(t, &Rule{Pattern: `kst_[a-d]{4}`, Markers: []string{"kst_"}})
	tests := []struct {
		text string
		want bool
	}{
		{"kst_abcd", true}, {`"kst_abcd"`, true}, {"x=kst_abcd;", true}, {"_kst_abcd", true},
		{"kst_abcdd", false}, {"kst_abcdz", false}, {"kst_abcd_", false}, {"kst_abc", false}, {"kst_abz d", false},
		{"xkst_abcd", false}, {`\nkst_abcd`, true}, {"%3Dkst_abcd", true}, {`\u0022kst_abcd\u0022`, true},
		{`\x22kst_abcd`, true}, {"KST_abcd", false}, {"kst_abcd.", true}, {"kst_abcd-x", true},
	}
	for _, tt := range tests {
		if got := len(set.NewMatcher().Find("", []byte(tt.text), true)) > 0; got != tt.want {
			t.Errorf("%q: match %v, want %v", tt.text, got, tt.want)
		}
	}
}

// TestExhausted holds a pattern with overlapping repetitions to a bounded time,
// and to the answer of package regexp where the program gives up.
func TestExhausted(t *testing.T) {
	set := compileOne(t, &Rule{Pattern: `kst_[a-z]{1,900}[a-y]{1,900}[a-x]{1,900}[a-w]{1,900}[0-9]`, Markers: []string{"kst_"}})
	text := append([]byte("kst_"), bytes.Repeat([]byte("a"), 3000)...)
	if got := set.NewMatcher().Find("", text, true); len(got) != 0 {
		t.Errorf("matched %d times, want none", len(got))
	}
	if got := set.NewMatcher().Find("", append(text, '1'), true); len(got) != 1 {
		t.Errorf("with a digit behind: matched %d times, want once", len(got))
	}
}

func TestLocate(t *testing.T) {
	tests := []struct {
		pattern, marker string
		lo, hi          int
	}{
		{`kst_[a-z]{4}`, "kst_", 0, 0},
		{`[a-z]{4}kst_`, "kst_", 4, 4},
		{`[a-z]{2,9}-kst_`, "kst_", 3, 10},
		{`(?:bb_pr|bb_ma)_[a-f]{3}`, "bb_ma_", 0, 0},
		{`(?:[0-9]{3}-)?kst`, "kst", 0, 4},
		{`[A-Z0-9]{42}AzSe[A-D]`, "AzSe", 42, 42},
	}
	for _, tt := range tests {
		re, err := syntax.Parse(tt.pattern, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		got, _, ok := (&patternParser{}).locate(re, tt.marker)
		if !ok || got != (lead{tt.lo, tt.hi}) {
			t.Errorf("%s: %q stands behind %v (found %v), want %d to %d", tt.pattern, tt.marker, got, ok, tt.lo, tt.hi)
		}
	}
}

func TestAutomatonAgainstSearch(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	triggers := []string{"abc", "bca", "cab", "abcab", "aab", "b-c", "ccccc", "a_b_c_a_b_c"}
	a, err := buildAutomaton(triggers)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 400 {
		text := make([]byte, n)
		for i := range text {
			text[i] = "abcABC-_ "[rnd.IntN(9)]
		}
		want := map[string]bool{}
		lowered := bytes.ToLower(text)
		for _, tr := range triggers {
			for i := 0; i+len(tr) <= n; i++ {
				if string(lowered[i:i+len(tr)]) == tr {
					want[fmt.Sprint(i+len(tr), tr)] = true
				}
			}
		}
		var found lanes
		a.scan(text, &found)
		got := map[string]bool{}
		last := int32(0)
		for _, lane := range found {
			for _, h := range lane {
				if h.end < last {
					t.Fatalf("%q: hits out of order", text)
				}
				last = h.end
				for _, id := range a.triggers(h.state) {
					got[fmt.Sprint(h.end, triggers[id])] = true
				}
			}
		}
		if len(got) != len(want) {
			t.Fatalf("%q: got %v, want %v", text, got, want)
		}
		for k := range want {
			if !got[k] {
				t.Fatalf("%q: missed %s", text, k)
			}
		}
	}
}
