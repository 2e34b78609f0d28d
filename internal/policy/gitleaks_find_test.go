package policy

import (
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

const (
	lowerDigits = "abcdefghijklmnopqrstuvwxyz0123456789"
	hexDigits   = "0123456789abcdef"
)

// value returns a text of n characters that looks random.
func value(seed uint64, n int, alphabet string) string {
	r := rand.New(rand.NewPCG(seed, 11))
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

// foundBy returns the secrets that the rules of a configuration of gitleaks find
// in a file, by the parts of it in which they stand.
func foundBy(t *testing.T, config, path, text string) []string {
	t.Helper()
	c, err := Load(LoadOptions{Gitleaks: "g.toml", Read: files{"g.toml": config}.read, Known: knownTestRule})
	if err != nil {
		t.Fatal(err)
	}
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	var own []string
	for _, r := range c.Rules {
		if set, err = set.Extend(r.Name, r.Data); err != nil {
			t.Fatalf("%v in\n%s", err, r.Data)
		}
		list, err := rules.Parse(r.Name, r.Data)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			own = append(own, r.ID)
		}
	}
	if set, err = set.Only(own...); err != nil {
		t.Fatal(err)
	}
	p := New(Options{Config: c})
	var out []string
	for _, f := range scan.New(set, scan.Options{Allow: p.Comment}).Match(&scan.Chunk{Path: path, Data: []byte(text)}) {
		if p.Decide(&f) == nil {
			out = append(out, f.Secret.Reveal())
		}
	}
	return out
}

// TestGitleaksRulesFind: rules of the usual kinds find what gitleaks finds with
// them: a keyword counts wherever it stands, in the match most often.
func TestGitleaksRulesFind(t *testing.T) {
	v, w, x := value(1, 20, lowerDigits), value(2, 32, hexDigits), value(3, 40, lowerDigits)
	upper := strings.ToUpper(w)
	for _, tt := range []struct {
		name, config string // without the id
		path, text   string
		want         []string
	}{
		{"prefix with keyword", `regex = '''acme_[a-z0-9]{20}'''` + "\nkeywords = ['acme_']", "a.py", `x = "acme_` + v + `"`, []string{"acme_" + v}},
		{"prefix without keyword", `regex = '''acme_[a-z0-9]{20}'''`, "a.py", `x = "acme_` + v + `"`, []string{"acme_" + v}},
		{"keyword in capitals", `regex = '''acme_[a-z0-9]{20}'''` + "\nkeywords = ['ACME']", "a.py", `x = "acme_` + v + `"`, []string{"acme_" + v}},
		{"keyword before letters", `regex = '''acmetok[a-z0-9]{20}'''` + "\nkeywords = ['acme']", "a.py", `x = "acmetok` + v + `"`, []string{"acmetok" + v}},
		{"several prefixes", `regex = '''\b((?:acme|acorn|wid)_(?:live|dev)_[a-z0-9]{20})\b'''` + "\nkeywords = ['acme_', 'acorn_', 'wid_']", "a.py",
			"x = acorn_live_" + v + "\ny = wid_dev_" + v + "\nz = acme_prod_" + v, []string{"acorn_live_" + v, "wid_dev_" + v}},
		{"any case", `regex = '''(?i)\bacme[a-z0-9]{20}\b'''` + "\nkeywords = ['acme']", "a.py", "x = AcMe" + v, []string{"AcMe" + v}},
		{"prefix of three letters", `regex = '''acm[a-f0-9]{32}'''` + "\nkeywords = ['acm']", "a.py", "x = acm" + w, []string{"acm" + w}},
		{"prefix of two letters, long", `regex = '''\b(WK[0-9a-f]{32})\b'''` + "\nkeywords = ['wk']", "a.py", "x = WK" + w, []string{"WK" + w}},
		{"prefix of two characters, short", `regex = '''w_[a-z]{18}'''` + "\nkeywords = ['w_']", "a.py", "x = w_" + value(4, 18, lowerDigits[:26]), []string{"w_" + value(4, 18, lowerDigits[:26])}},
		{"two-letter keyword in an assignment", `regex = '''(?i)\bwk\s*=\s*"([0-9a-f]{32})"'''` + "\nkeywords = ['wk']", "a.py", `wk = "` + w + `"`, []string{w}},
		{"three-letter keyword in an assignment", `regex = '''(?i)acm[\w.-]{0,20}\s*[=:]\s*['"]?([0-9a-f]{32})\b'''` + "\nkeywords = ['acm']", "a.py", `ACM_key: "` + w + `"`, []string{w}},
		{"keyword and assignment", `regex = '''(?i)[\w.-]{0,30}?(?:acme)[ \t\w.-]{0,20}['"\s]{0,3}(?:=|:|=>)['"\s]{0,5}([a-z0-9]{40})(?:['"\s;]|$)'''` + "\nkeywords = ['acme']", "a.yaml",
			"my_AcmeKey: '" + x + "'\nother: '" + x + "'\n", []string{x}},
		{"group that is named", `regex = '''(acme|widget)(_key|_token)="([a-z0-9]{20})"'''` + "\nsecretGroup = 3\nkeywords = ['acme', 'widget']", "a.sh", `widget_token="` + v + `"`, []string{v}},
		{"keyword elsewhere in the file", `regex = '''\b[0-9a-f]{32}\b'''` + "\nkeywords = ['acme-api']", "a.txt", "# acme-api\n\nid " + w + "\n", []string{w}},
		{"keyword nowhere", `regex = '''\b[0-9a-f]{32}\b'''` + "\nkeywords = ['acme-api']", "a.txt", "id " + w + "\n", nil},
		{"keyword that only some matches hold", `regex = '''[a-z]{4}_[a-z0-9]{20}'''` + "\nkeywords = ['acme_']", "a.txt", "acme_" + v + "\n", []string{"acme_" + v}},
		{"keyword beside another literal", `regex = '''kst_[a-z0-9]{20}'''` + "\nkeywords = ['widget']", "a.txt", "kst_" + v + "\n", nil},
		{"keyword near another literal", `regex = '''kst_[a-z0-9]{20}'''` + "\nkeywords = ['widget']", "a.txt", "# widget\nkst_" + v + "\n", []string{"kst_" + v}},
		{"entropy that is reached", `regex = '''acme_[a-z0-9]{20}'''` + "\nentropy = 3.5\nkeywords = ['acme_']", "a.py", `x = "acme_` + v + `"`, []string{"acme_" + v}},
		{"entropy that is not", `regex = '''acme_[a-z0-9]{20}'''` + "\nentropy = 3.5\nkeywords = ['acme_']", "a.py", `x = "acme_` + strings.Repeat("abca", 5) + `"`, nil},
		{"path that fits", `regex = '''acme_[a-z0-9]{20}'''` + "\npath = '''\\.env$'''\nkeywords = ['acme_']", "b/a.env", "X=acme_" + v, []string{"acme_" + v}},
		{"path that does not", `regex = '''acme_[a-z0-9]{20}'''` + "\npath = '''\\.env$'''\nkeywords = ['acme_']", "b/a.py", "X=acme_" + v, nil},
		{"stop word", `regex = '''acme_[a-z0-9]{20}'''` + "\nkeywords = ['acme_']\n[rules.allowlist]\nstopwords = ['" + v[3:9] + "']", "a.py", "X=acme_" + v, nil},
		{"allow list by line", `regex = '''acme_[a-z0-9]{20}'''` + "\nkeywords = ['acme_']\n[[rules.allowlists]]\nregexTarget = 'line'\nregexes = ['''^demo''']", "a.py",
			"demo = acme_" + v + "\nX=acme_" + x[:20] + "\n", []string{"acme_" + x[:20]}},
		{"upper case only", `regex = '''ACME[0-9A-F]{32}'''` + "\nkeywords = ['acme']", "a.py", "X=ACME" + upper + "\nY=acme" + upper, []string{"ACME" + upper}},
		{"no literal at all", `regex = '''\b[0-9a-f]{40}\b'''`, "a.py", "X=" + value(5, 40, hexDigits), []string{value(5, 40, hexDigits)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			config := "[[rules]]\nid = 'own'\n" + tt.config + "\n"
			if got := foundBy(t, config, tt.path, tt.text); !slices.Equal(got, tt.want) {
				t.Errorf("%s\nin %q finds %q, want %q", config, tt.text, got, tt.want)
			}
		})
	}
}

// TestLiterals: each match holds one of the texts, and the set is the best one.
func TestLiterals(t *testing.T) {
	for _, tt := range []struct {
		regex    string
		keywords []string
		want     []string
	}{
		{`acme_[a-z]{9}`, nil, []string{"acme_"}},
		{`(?:acme|acorn)_x+`, nil, []string{"acme_x", "acorn_x"}},
		{`(?:acm[a-z]+|acorn[0-9])`, nil, []string{"acm", "acorn"}},
		{`(?i)x(?-i:[Yy]z|YZ)0`, nil, []string{"XYZ0", "XYz0", "Xyz0", "xYZ0", "xYz0", "xyz0"}},
		{`(?:acme|acorn)_x`, nil, []string{"acme_x", "acorn_x"}},
		{`[a-z]+(one|two)[a-z]+longest`, nil, []string{"longest"}},
		{`[a-z]+(one|two)[a-z]+longest`, []string{"one", "two"}, []string{"one", "two"}},
		{`(?i)ab`, nil, []string{"AB", "Ab", "aB", "ab"}},
		{`a[bc]{2}d`, nil, []string{"abbd", "abcd", "acbd", "accd"}},
		{`(?:abc)?[0-9]+`, nil, nil},
		{`(?:abc|[0-9]+)x{0,2}`, nil, nil},
		{`abc?d`, nil, []string{"abcd", "abd"}},
		{`(?:abcd|[0-9]+efgh)`, nil, []string{"abcd", "efgh"}},
		{`.*`, nil, nil},
		{`(?i)é[a-z]`, nil, nil},
	} {
		re, err := syntax.Parse(tt.regex, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		if set := (&literalFinder{keywords: tt.keywords}).literals(re); set != nil {
			got = set.markers()
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s with %q: got %q, want %q", tt.regex, tt.keywords, got, tt.want)
		}
	}
}

// FuzzLiterals: no match of an expression is without one of its literals.
func FuzzLiterals(f *testing.F) {
	f.Add(`(?i)(?:ac|b+)[cd]?e{2,3}x*`, "ACDEE")
	f.Add(`(a|bc)(?:d|[e-g])$`, "bcf")
	f.Fuzz(func(t *testing.T, regex, text string) {
		re, err := regexp.Compile(regex)
		parsed, perr := syntax.Parse(regex, syntax.Perl)
		if err != nil || perr != nil || len(regex) > 60 {
			return
		}
		set := (&literalFinder{}).literals(parsed)
		if set == nil {
			return
		}
		markers := set.markers()
		match := re.FindString(text)
		if len(markers) == 0 || !re.MatchString(text) || strings.ContainsAny(match, "\u017f\u212a") {
			return
		}
		if !slices.ContainsFunc(markers, func(m string) bool { return strings.Contains(match, m) }) {
			t.Errorf("%s matches %q, which holds none of %q", regex, match, markers)
		}
		if n := leastLength(parsed); len(match) < n {
			t.Errorf("%s matches %q, which is shorter than %d", regex, match, n)
		}
	})
}
