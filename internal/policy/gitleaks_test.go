package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// knownTestRule stands in for the aliases of the built-in rules.
func knownTestRule(id string) (string, bool) {
	own, ok := map[string]string{"github-pat": "github-personal-access-token", "github-personal-access-token": "github-personal-access-token"}[id]
	return own, ok
}

func TestImportGitleaks(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     []string // parts of the text
		without  []string
		warnings []string
		failures []string
	}{
		{
			name: "rule",
			in:   "[[rules]]\nid = 'Acme_Token'\ndescription = 'Acme  token'\nregex = '''(acme)_([a-z0-9]{20})'''\nsecretGroup = 2\nentropy = 3\nkeywords = ['ACME']\npath = '''\\.env$'''\n",
			want: []string{"id = 'acme-token'", "title = 'Acme token'", "aliases = [\n    'Acme_Token',\n]", `pattern = '(acme)_(?P<secret>[a-z0-9]{20})'`, "markers = [\n    'acme_',\n]", "entropy = 3\n", `path = '\.env$'`, "boundary = 'none'"}, without: []string{"context"},
		},
		{
			name: "first group, no keyword, id that is taken",
			in:   "[[rules]]\nid = 'github-pat'\nregex = '''kst_([a-z]{20})'''\n",
			want: []string{"id = 'gitleaks-github-pat'", "title = 'github-pat'", `pattern = 'kst_(?P<secret>[a-z]{20})'`, "'kst_',"}, without: []string{"aliases"},
		},
		{
			name: "keyword of two bytes", in: "[[rules]]\nid = 'own'\nregex = '''[a-z]{3}q~[a-z]{12}'''\nkeywords = ['q~']\n",
			want:     []string{"markers = [\n    'q~',\n]\ncontext = [\n    'q~',\n]"},
			warnings: []string{`rule "own": its keyword "q~" is too short to be found beside letters and digits; write the rule anew, with a longer one`},
		},
		{
			name: "quotes", in: "[[rules]]\nid = 'q'\nregex = '''kst_['\"][a-z]{20}'''\n",
			want: []string{`pattern = '''kst_['"][a-z]{20}'''`},
		},
		{
			name: "allow lists of a rule, old and new, any and all",
			in: "[[rules]]\nid = 'github-pat'\n[rules.allowlist]\ndescription = 'old'\npaths = ['''^a/''']\nstopwords = ['Word']\n" +
				"[[rules.allowlists]]\ndescription = 'new'\ncondition = 'AND'\nregexTarget = 'line'\nregexes = ['x', 'y']\ncommits = ['0123456789ABCDEF']\n",
			want: []string{
				"[[allow]]\nrule = 'github-personal-access-token'\nreason = 'old'\npath-regexp = '^a/'\n\n[[allow]]\nrule = 'github-personal-access-token'\nreason = 'old'\nstopword = 'Word'\n",
				"[[allow]]\nrule = 'github-personal-access-token'\nreason = 'new'\ncommit = '0123456789abcdef'\nline = [\n    'x',\n    'y',\n]\n",
			},
		},
		{
			name: "global allow lists",
			in:   "[allowlist]\npaths = ['''^a/''']\nregexes = ['x']\n[[allowlists]]\nid = 'second'\ntargetRules = ['github-pat', 'gone']\nregexTarget = 'match'\nregexes = ['key=x', '^key=x']\n",
			want: []string{
				"[[allow]]\nreason = 'carried over from gitleaks'\npath-regexp = '^a/'\n", "[[allow]]\nreason = 'carried over from gitleaks'\nsecret = 'x'\n",
				"[[allow]]\nrule = 'github-personal-access-token'\nreason = 'second'\nmatch = 'key=x'\n",
			},
			warnings: []string{
				`allow list "second": no rule here is known as "gone"`,
				`allow list "second": match "^key=x" does not count: it is tied to the start or end of a match, which is another one here`,
			},
		},
		{
			name: "required", in: "[[rules]]\nid = 'a'\nregex = 'kst_a[a-z]{20}'\n[[rules.required]]\nid = 'b'\nwithinLines = 5\n[[rules]]\nid = 'b'\nregex = 'kst_b[a-z]{20}'\nskipReport = true\n",
			want: []string{"[[require]]\nrule = 'a'\nwith = 'b'\nlines = 5\n", "[[allow]]\nrule = 'b'\nreason = 'a part of other findings only (skipReport)'\n"},
		},
		{
			name: "extend", in: "title = 'x'\n[extend]\nuseDefault = true\npath = 'base.toml'\ndisabledRules = ['github-pat', 'gone']\n",
			want:     []string{"disable-rule = 'github-personal-access-token'\n", "id = 'base'"},
			warnings: []string{`extend.disabledRules: no rule here is known as "gone"`},
		},
		{
			name: "what cannot be carried over",
			in: "[extend]\nurl = 'https://example.com/x.toml'\n[[rules]]\nid = 'p12'\npath = '''\\.p12$'''\n[[rules]]\nid = 'short'\nregex = '[a-z]{5}'\n" +
				"[[rules]]\nid = 'perl'\nregex = 'x(?=y)'\n[[rules]]\nid = 'new'\nregex = 'kst_[a-z]{20}'\nverify = true\n[[rules]]\nid = 'gone'\n[[rules]]\nid = 'lonely'\nregex = 'kst_[a-z]{20}'\n[[rules.required]]\nid = 'nothing'\n",
			failures: []string{
				`g.toml:15: unknown key "rules.verify"`,
				`g.toml:2: extend.url: keysift makes no connection; store the file and name it in extend.path`,
				`rule "p12": it reports files by their names alone, which rules here do not`,
				`rule "short": nothing can trigger it: it needs markers of at least 3 bytes, context words, or a pattern of at least 32 bytes`,
				"rule \"perl\": regex: error parsing regexp: invalid or unsupported Perl syntax: `(?=`",
				`rule "lonely": it requires "nothing", which no rule here is known as`,
			},
			warnings: []string{`rule "gone": no rule here is known by this id, which its allow lists are for`},
		},
		{
			name: "allow lists that cannot be carried over", in: "[[allowlists]]\ndescription = 'a'\nregexTarget = 'file'\nregexes = ['x']\n[[allowlists]]\ndescription = 'b'\ncondition = 'XOR'\npaths = ['x']\n[[allowlists]]\ndescription = 'c'\ncondition = 'AND'\npaths = ['x']\nregexes = ['(?=)']\n[[allowlists]]\ncolour = 1\n",
			warnings: []string{
				`g.toml:15: unknown key "allowlists.colour"`,
				`allow list "a": unknown regexTarget "file"; it does not count`,
				`allow list "b": unknown condition "XOR"; it does not count`,
				"allow list \"c\": secret \"(?=)\" does not count: error parsing regexp: invalid or unsupported Perl syntax: `(?=`",
				`allow list "c": a part of its condition is lost; none of it counts`,
			},
			without: []string{"[[allow]]"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			im, err := ImportGitleaks("g.toml", files{"g.toml": tt.in, "base.toml": "[[rules]]\nid = 'base'\nregex = 'kst_base[a-z]{20}'\n"}.read, knownTestRule)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range tt.want {
				if !strings.Contains(im.Text, w) {
					t.Errorf("got\n%s\nwithout\n%s", im.Text, w)
				}
			}
			for _, w := range tt.without {
				if strings.Contains(im.Text, w) {
					t.Errorf("got\n%s\nwith %s", im.Text, w)
				}
			}
			if !slices.Equal(im.Warnings, tt.warnings) {
				t.Errorf("warnings\n%s\nwant\n%s", strings.Join(im.Warnings, "\n"), strings.Join(tt.warnings, "\n"))
			}
			if !slices.Equal(im.Failures, tt.failures) {
				t.Errorf("failures\n%s\nwant\n%s", strings.Join(im.Failures, "\n"), strings.Join(tt.failures, "\n"))
			}
			f, err := parseFile("out", im.Text)
			if err != nil {
				t.Fatalf("%v in\n%s", err, im.Text)
			}
			if f.rules.Data != nil {
				set, err := rules.Builtin()
				if err != nil {
					t.Fatal(err)
				}
				if _, err := set.Extend("out", f.rules.Data); err != nil {
					t.Errorf("%v in\n%s", err, im.Text)
				}
			}
		})
	}
}

// TestGitleaksFailureIsAnError: read in place of a configuration, a rule that
// cannot be carried over is no less than an error.
func TestGitleaksFailureIsAnError(t *testing.T) {
	_, err := Load(LoadOptions{Gitleaks: "g.toml", Read: files{"g.toml": "[[rules]]\nid = 'p12'\npath = 'x'\n"}.read})
	if err == nil || !strings.Contains(err.Error(), `rule "p12": it reports files by their names alone`) {
		t.Errorf("got %v", err)
	}
}

// TestSecretPattern: the named group matches what the numbered one did.
func TestSecretPattern(t *testing.T) {
	for _, tt := range []struct {
		regex string
		group int
		text  string
	}{
		{`a(b)(c)`, 2, "abc"},
		{`(?i)a(?:b)(c)`, 1, "ABC"},
		{`a[(](b)`, 1, "a(b"},
		{`a[^()](b)`, 1, "axb"},
		{`a[]()](b)`, 1, "a(b"},
		{`[[:alpha:](](b)`, 1, "(b"},
		{`a\((b)`, 1, "a(b"},
		{`\Qa(\E(b)`, 1, "a(b"},
		{`(?P<x>a)(?P<y>b)`, 2, "ab"},
		{`(?<x>a)(b)`, 2, "ab"},
		{`((a)(b))`, 3, "ab"},
		{`a`, 0, "a"},
	} {
		got, err := secretPattern(tt.regex, tt.group)
		if err != nil {
			t.Errorf("%s: %v", tt.regex, err)
			continue
		}
		old, now := regexp.MustCompile(tt.regex), regexp.MustCompile(got)
		want := old.FindStringSubmatchIndex(tt.text)
		have := now.FindStringSubmatchIndex(tt.text)
		n := max(now.SubexpIndex("secret"), 0)
		if n != tt.group || want == nil || !slices.Equal(want, have) {
			t.Errorf("%s: %s has the secret in group %d and finds %v; want group %d and %v", tt.regex, got, n, have, tt.group, want)
		}
	}
	if _, err := secretPattern("a(b)", 2); fmt.Sprint(err) != "secretGroup is 2, regex has 1 groups" {
		t.Errorf("group 2 of 1: %v", err)
	}
}

func TestIgnores(t *testing.T) {
	commit := strings.Repeat("0123456789", 4)
	g := ParseGitleaksIgnore(".gitleaksignore", []byte("a/b.env:r-alias:3\n./c:generic-api-key:1\n"+commit+":d:r:4\nnonsense\nx:y\n\n# z\n"))
	if want := []string{`.gitleaksignore:4: "nonsense" is no fingerprint of gitleaks; it does not count`, `.gitleaksignore:5: "x:y" is no fingerprint of gitleaks; it does not count`}; !slices.Equal(g.Warnings, want) {
		t.Errorf("warnings are %q, want %q", g.Warnings, want)
	}
	for _, tt := range []struct {
		rule, path string
		line       int
		commit     string
		want       bool
	}{
		{"r", "a/b.env", 3, "", true},
		{"r", "a/b.env", 4, "", false},
		{"x", "a/b.env", 3, "", false},
		{"x", "c", 1, "", true},
		{"r", "d", 4, commit, true},
		{"r", "d", 4, "", false},
		{"r", "d", 4, strings.Repeat("1", 40), false},
	} {
		f := finding(tt.rule, "kst_weak", tt.path, tt.line, 1)
		if tt.commit != "" {
			f.Origin = &scan.Origin{Commit: tt.commit}
		}
		p := New(Options{Foreign: []*Ignores{g}})
		if got := p.Decide(&f) != nil; got != tt.want {
			t.Errorf("%+v: got %v", tt, got)
		}
	}
}

func TestSecretsBaseline(t *testing.T) {
	label := "BEGIN RSA PRIVATE " + "KEY"
	text := fmt.Sprintf(`{"version": "1.5.0", "results": {
 "a.py": [{"type": "Secret Keyword", "filename": "a.py", "hashed_secret": %q, "line_number": 3}],
 "key": [{"type": "Private Key", "hashed_secret": %q}],
 "b.py": [{"type": "Secret Keyword", "hashed_secret": %q, "is_secret": true}]}}`, sha1Hex("kst_weak"), sha1Hex(label), sha1Hex("kst_weak"))
	g, err := ParseSecretsBaseline(".secrets.baseline", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{".secrets.baseline: 1 entries that were audited as real do not count"}; !slices.Equal(g.Warnings, want) {
		t.Errorf("warnings are %q, want %q", g.Warnings, want)
	}
	for _, tt := range []struct {
		secret, path string
		want         bool
	}{
		{"kst_weak", "a.py", true},
		{"kst_other", "a.py", false},
		{"kst_weak", "c.py", false},
		{"kst_weak", "b.py", false},
		{strings.Repeat("-", 5) + label + strings.Repeat("-", 5) + "\nx", "key", true},
	} {
		f := finding("r", tt.secret, tt.path, 99, 1)
		if got := New(Options{Foreign: []*Ignores{g}}).Decide(&f) != nil; got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.path, got, tt.want)
		}
	}
	for _, bad := range []string{`{"results": 1}`, `{"results": {"a": [{"hashed_secret": "xyz"}]}}`, `{`} {
		if _, err := ParseSecretsBaseline("b", []byte(bad)); err == nil || !strings.HasPrefix(err.Error(), "b:1: ") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestParseForeign(t *testing.T) {
	g, err := ParseForeign("r.json", []byte(`[{"RuleID": "x", "File": "a", "StartLine": 3, "Secret": "kst_weak"}, {"RuleID": "r", "File": "b", "StartLine": 4, "Secret": "REDACTED"}]`))
	if err != nil || g.Len() != 2 || len(g.Secrets()) != 1 || g.Secrets()[0].Path != "a" {
		t.Fatalf("got %+v (%v)", g, err)
	}
	f := finding("r", "kst_weak", "b", 4, 1)
	if s := New(Options{Foreign: []*Ignores{g}}).Decide(&f); s == nil || s.Reason != g.Reason() {
		t.Errorf("got %+v", s)
	}
	if text := fmt.Sprintf("%v %+v", g.Secrets(), g.Secrets()[0]); strings.Contains(text, "kst_weak") {
		t.Errorf("a secret shows: %s", text)
	}
	if _, err := ParseForeign("r.json", []byte(`[{"x": 1}]`)); err == nil {
		t.Error("a list of something else is no error")
	}
}

// FuzzSecretPattern: naming a group leaves the expression as it is.
func FuzzSecretPattern(f *testing.F) {
	f.Add(`a[^](b](c)`, 1, "x)c")
	f.Add(`\Q(\E(a|(b))`, 2, "(b")
	f.Fuzz(func(t *testing.T, regex string, group int, text string) {
		old, err := regexp.Compile(regex)
		if err != nil || group < 1 || group > old.NumSubexp() || old.NumSubexp() > 50 {
			return
		}
		got, err := secretPattern(regex, group)
		if err != nil {
			return // named already, as the other group
		}
		now, err := regexp.Compile(got)
		if err != nil {
			t.Fatalf("%q becomes %q: %v", regex, got, err)
		}
		if a, b := old.FindStringSubmatchIndex(text), now.FindStringSubmatchIndex(text); !slices.Equal(a, b) || now.SubexpIndex("secret") != group {
			t.Errorf("%q becomes %q: on %q %v, then %v", regex, got, text, a, b)
		}
	})
}
