package report

import (
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/internal/secrettest"
	"github.com/keysift/keysift/rules"
)

// engineNames returns Names that know the built-in rules, and a token of a
// format that is one of them.
func engineNames(t testing.TB) (names *Names, token string) {
	t.Helper()
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return NewNames(scan.New(set, scan.Options{}).Match), secrettest.Builtin(t, "github-personal-access-token", 1).Secret()
}

func TestNamesRedact(t *testing.T) {
	names, token := engineNames(t)
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"src/main.go", "src/main.go"},
		{"a/pass" + "word=hunter2.txt", "a/pass" + "word=hunter2.txt"},
		{"tests/fixtures/some_very_long-name_with_parts.txt", "tests/fixtures/some_very_long-name_with_parts.txt"},
		{"$T", "ghp_…"},
		{"w/t_$T.py", "w/t_ghp_….py"},
		{"dir_$T/locked.txt", "dir_ghp_…/locked.txt"},
		{"slip.zip!tok_$T.txt", "slip.zip!tok_ghp_….txt"},
		{"$T_old-$T.txt", "ghp_…_old-ghp_….txt"},
		{"chmod -R u+rX 'a b/$T'", "chmod -R u+rX 'a b/ghp_…'"},
		{"größe_$T_é\xff", "größe_ghp_…_é\xff"},
	} {
		in := strings.ReplaceAll(tt.in, "$T", token)
		for range 2 {
			if got := names.Redact(in); got != tt.want {
				t.Errorf("Redact(%q) = %q, want %q", tt.in, strings.ReplaceAll(got, token, "$T"), tt.want)
			}
		}
	}
	var none *Names
	if got := none.Redact("a/b/" + token); got != "a/b/"+token {
		t.Errorf("nil Names changed %q", "a/b/$T")
	}
}

func TestCollectorRedactsNames(t *testing.T) {
	names, token := engineNames(t)
	for _, show := range []bool{false, true} {
		c := NewCollector(CollectorOptions{
			Names: names, ShowSecrets: show,
			Enrich: func(r *Record, _ map[string]bool) {
				r.History = &History{Introduced: &Event{Commit: "c0ffee", Author: token, Subject: "add " + token}, Refs: []string{"refs/heads/" + token}}
			},
		})
		c.Add(finding(vendorRule(), strongSecret(1), "a/"+token+".env", 1), "")
		c.Add(finding(vendorRule(), strongSecret(1), "b/"+token+".env", 1), "")
		if err := c.AddError(&scan.Incomplete{Reason: "unreadable", Path: token, Detail: "open " + token, Cure: "chmod +r " + token}); err != nil {
			t.Fatal(err)
		}
		run := c.Collect(Summary{Version: "1"})
		for _, format := range Formats() {
			got := render(t, run, format, Options{})
			if strings.Contains(got, token) != show {
				t.Errorf("%s: with ShowSecrets %v the token in the names is shown: %v", format, show, !show)
			}
		}
	}
}

// TestNamesKeepFingerprints: what is printed of a path does not enter into what
// a finding is known by.
func TestNamesKeepFingerprints(t *testing.T) {
	names, token := engineNames(t)
	f := finding(vendorRule(), scan.Secret{}, token+".env", 1)
	with := collect(CollectorOptions{Names: names}, f).Findings[0]
	without := collect(CollectorOptions{}, f).Findings[0]
	with.Identify()
	without.Identify()
	if with.Fingerprint != without.Fingerprint {
		t.Errorf("fingerprint %s with redacted names, %s without", with.Fingerprint, without.Fingerprint)
	}
	if with.Path == without.Path {
		t.Error("the path was not redacted")
	}
}

func BenchmarkNames(b *testing.B) {
	names, _ := engineNames(b)
	for b.Loop() {
		clear(names.known)
		names.Redact("vendor/github.com/some-owner/some_project/internal/pkg_name/file_test.go")
	}
}
