package policy

import (
	"strings"
	"testing"
)

// The markers are put in when a test runs, so that no line of this file is a
// comment that allows something.
func marked(s string) string {
	return strings.NewReplacer("OWN", ownMarker, "GL", "gitleaks"+":allow", "TH", "trufflehog"+":ignore", "BL", "betterleaks"+":allow").Replace(s)
}

func TestAllow(t *testing.T) {
	ids := []string{"example-token", "old-token"}
	for _, tt := range []struct {
		line, before string
		by, reason   string // of an allowed finding
		ineffective  string
	}{
		// Syntaxes, on the line.
		{line: `token = "x" # OWN example-token a sample`, by: ownMarker, reason: "a sample"},
		{line: `token := "x" // OWN example-token a sample`, by: ownMarker, reason: "a sample"},
		{line: `f("x") /* OWN example-token a sample */ + g()`, by: ownMarker, reason: "a sample"},
		{line: `<a b="x"/><!-- OWN example-token a sample -->`, by: ownMarker, reason: "a sample"},
		{line: `insert 'x' -- OWN example-token a sample`, by: ownMarker, reason: "a sample"},
		{line: `f(x);// OWN example-token a sample`, by: ownMarker, reason: "a sample"},
		{line: `f(x)/*OWN example-token a sample*/`, by: ownMarker, reason: "a sample"},
		{line: `;; OWN example-token a sample`, by: ownMarker, reason: "a sample"},
		{line: `#OWN example-token a sample`, by: ownMarker, reason: "a sample"},
		{line: `" OWN example-token a sample`, by: ownMarker, reason: "a sample"},
		{line: `x ; OWN example-token a sample`, by: ownMarker, reason: "a sample"},
		{line: `x = 1 % OWN example-token a sample`, by: ownMarker, reason: "a sample"},
		{line: `{# OWN example-token a sample #}{{ x }}`, by: ownMarker, reason: "a sample"},
		{line: `token = "x"  # nolint; OWN old-token: a sample`, by: ownMarker, reason: "a sample"},
		{line: "x # OWN example-token\ta  sample\r\n", by: ownMarker, reason: "a sample"},
		{line: `x # OWN other,example-token a sample`, by: ownMarker, reason: "a sample"},
		{line: `x # OWN other why OWN example-token a sample`, by: ownMarker, reason: "a sample"},
		{line: `x # OWN example-token 見本`, by: ownMarker, reason: "見本"},

		// On the line before.
		{line: `x`, before: `# OWN example-token a sample`, by: ownMarker, reason: "a sample"},
		{line: `x`, before: "\t/* OWN example-token a sample */", by: ownMarker, reason: "a sample"},
		{line: `x`, before: ` * OWN example-token a sample`, by: ownMarker, reason: "a sample"},
		{line: `x`, before: `REM OWN example-token a sample`, by: ownMarker, reason: "a sample"},
		{line: `x`, before: `' OWN example-token a sample`, by: ownMarker, reason: "a sample"},
		{line: `x # OWN other why`, before: `# OWN example-token a sample`, by: ownMarker, reason: "a sample"},
		{line: `x`, before: `y = 1 # OWN example-token a sample`},
		{line: `x`, before: `/* OWN example-token a sample */ y = 1`},
		{line: `x`, before: `<!-- OWN example-token a sample --><p>`},
		{line: `x`, before: `# OWN example-token`, ineffective: "it gives no reason"},

		// What does not count.
		{line: `x # OWN`, ineffective: "it names no rule and gives no reason"},
		{line: `x # OWN * all of them`, ineffective: "it must name the rule"},
		{line: `x # OWN all of them`, ineffective: "it must name the rule"},
		{line: `x # OWN example-token`, ineffective: "it gives no reason"},
		{line: `x # OWN example-token --`, ineffective: "it gives no reason"},
		{line: `x # OWN example-token REASON`, ineffective: "it gives no reason"},
		{line: `x /* OWN example-token */ a sample`, ineffective: "it gives no reason"},
		{line: `x # OWN a sample`, ineffective: "it does not name this rule"},
		{line: `x # OWN Example-Token a sample`, ineffective: "it does not name this rule"},
		{line: `x # OWNed example-token a sample`},
		{line: `x # notOWN example-token a sample`},
		{line: `x OWN example-token a sample`},
		{line: `http://host/OWN example-token a sample`},
		{line: `password: xOWN`},
		{line: `url: http://host/#OWN example-token a sample`},
		{line: `run --token=x --note "OWN example-token a sample"`},
		{line: `"x", "OWN example-token a sample"`},
		{line: `x`, before: `"note": "OWN example-token a sample",`},
		{line: `x`, before: `'OWN example-token a sample',`},
		{line: `a = b%c; OWN example-token a sample`},
		{line: ``},

		// Other tools.
		{line: `x # GL`, by: "GL"},
		{line: `x // BL`, by: "BL"},
		{line: `"x", "TH"`, by: "TH"},
		{line: `x # TH: an example`, by: "TH", reason: "an example"},
		{line: `x  # pragma: allowlist secret`, by: "pragma: allowlist secret"},
		{line: `x  // pragma: whitelist secret`, by: "pragma: whitelist secret"},
		{line: `x`, before: `# pragma: allowlist nextline secret`, by: "pragma: allowlist nextline secret"},
		{line: `x # pragma: allowlist nextline secret`},
		{line: `x`, before: `# pragma: allowlist secret`},
		{line: `x`, before: `# GL`},
		{line: `x # ggignore`, by: "ggignore"},
		{line: `ggignore`},
		{line: `x // secretlint-disable-line`, by: "secretlint-disable-line"},
		{line: `x // #nosec G101 -- an example`, by: "nosec G101", reason: "an example"},
		{line: `x // #nosec G104 G117`, by: "nosec G117"},
		{line: `x // #nosec:G101`, by: "nosec G101"},
		{line: `x // #nosec`},
		{line: `x // #nosec G104`},
		{line: `x // #nosec G1011`},
		{line: `x //nolint:gosec // G101: an example`, by: "nolint G101", reason: "gosec // G101: an example"},
		{line: `x //nolint:gosec`},
		{line: `x //nolint`},
		{line: `x // noqa: S105`},
		{line: `x # OWN example-token`, ineffective: "it gives no reason"},
		{line: `x # OWN example-token GL`, by: ownMarker, reason: "GL"},
		{line: `x # GL OWN other why`, by: "GL", reason: "OWN other why"},
	} {
		line, before := marked(tt.line), marked(tt.before)
		got := Allow([]byte(line), []byte(before), ids, true)
		want := Verdict{Allowed: tt.by != "", By: marked(tt.by), Reason: marked(tt.reason), Ineffective: tt.ineffective}
		if tt.ineffective != "" {
			want.By = ownMarker
		}
		if got != want {
			t.Errorf("%q after %q: got %+v, want %+v", line, before, got, want)
		}
		off := Allow([]byte(line), []byte(before), ids, false)
		if off.Allowed != (got.Allowed && got.By == ownMarker) {
			t.Errorf("%q after %q without foreign comments: %+v", line, before, off)
		}
	}
}

func TestAllowLongLine(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	line := long + " # " + ownMarker + " r a sample"
	if got := Allow([]byte(line), nil, []string{"r"}, true); !got.Allowed {
		t.Errorf("a comment at the end of a long line does not count: %+v", got)
	}
}

func TestPaste(t *testing.T) {
	for _, tt := range []struct{ path, want string }{
		{"a/app.env", "# OWN r REASON"},
		{"a/Dockerfile", "# OWN r REASON"},
		{"main.GO", "// OWN r REASON"},
		{"a.html", "<!-- OWN r REASON -->"},
		{"a.css", "/* OWN r REASON */"},
		{"a.sql", "-- OWN r REASON"},
		{"a.bat", "REM OWN r REASON"},
		{"a.jinja", "{# OWN r REASON #}"},
		{"a.json", ""},
		{"a.vim", `" OWN r REASON`},
		{"", "# OWN r REASON"},
	} {
		got := Paste(tt.path, "r")
		if got != marked(tt.want) {
			t.Errorf("Paste(%q) = %q, want %q", tt.path, got, marked(tt.want))
		}
		if got == "" {
			continue
		}
		ids := []string{"r"}
		if v := Allow([]byte(got), nil, ids, false); v.Allowed || v.Ineffective != "it gives no reason" {
			t.Errorf("%q with the placeholder: %+v", got, v)
		}
		filled := strings.Replace(got, placeholder, "a sample", 1)
		if v := Allow([]byte("x"), []byte(filled), ids, false); !v.Allowed {
			t.Errorf("%q on the line before: %+v", filled, v)
		}
	}
}

// FuzzAllow: an allowed finding has a marker, and one of ours names the rule
// and gives a reason, all of which stand in the text.
func FuzzAllow(f *testing.F) {
	f.Add("x # "+ownMarker+" r a sample", "// "+ownMarker+" r y")
	f.Add("x //nolint:gosec // G101", "/* "+ownMarker)
	f.Add("x # "+ownMarker+" "+ownMarker, "# pragma: allowlist nextline secret")
	f.Fuzz(func(t *testing.T, line, before string) {
		v := Allow([]byte(line), []byte(before), []string{"r"}, true)
		both := line + "\n" + before
		switch {
		case v.Allowed && (v.By == "" || v.Ineffective != ""), !v.Allowed && v.By != "" && v.Ineffective == "":
			t.Errorf("%q: %+v", both, v)
		case v.By == ownMarker && !strings.Contains(both, ownMarker):
			t.Errorf("%q: %+v without a marker", both, v)
		case v.By == ownMarker && v.Allowed && (!isReason(v.Reason) || !strings.Contains(both, "r")):
			t.Errorf("%q: %+v without rule or reason", both, v)
		}
		if again := Allow([]byte(line+"\r\n"), []byte(before+"\n"), []string{"r"}, true); again != v {
			t.Errorf("%q: %+v, with line breaks %+v", both, v, again)
		}
	})
}
