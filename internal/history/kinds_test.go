package history

import (
	"regexp"
	"strings"
	"testing"

	"github.com/keysift/keysift/rules"
)

func TestPathKinds(t *testing.T) {
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		a, b string
		want bool
	}{
		{"a/main.go", "b/main.go", false},
		{"a/main.go", "a/other.go", true},
		{"a/b/c/conf.yaml", "d/conf.yaml", false},
		{"airtable/conf.yaml", "d/conf.yaml", true},
		{"x/Airtable-sync/conf.yaml", "airtable/y/conf.yaml", false},
		{"rclone/conf", "x/conf", true},
		{"RClone/conf", "rclone/conf", false},
		{"git/credentials", "got/credentials", true},
		{"x/id_rsa", "y/id_rsa", false},
		{"a/login/oauth/x.py", "a/login/x/oauth/x.py", true}, // a rule's word is login/oauth
		{"login/oauth.py", "logout/oauth.py", true},
	}
	k := newPathKinds(set)
	for range 2 { // the second time from memory
		for _, tt := range tests {
			if got := k.differ(tt.a, tt.b); got != tt.want {
				t.Errorf("%s and %s: %v, want %v", tt.a, tt.b, got, tt.want)
			}
		}
	}
}

// TestTextsIn holds that a path which a pattern matches holds one of its texts.
func TestTextsIn(t *testing.T) {
	tests := []struct {
		pattern, path string
		some          bool
	}{
		{`(^|/)id_(rsa|dsa)(_sk)?$`, "a/id_dsa", true},
		{`(?i)rclone[^/]*(/[^/]*)?$`, "x/RClone.conf", true},
		{`(^|/)(\.git-credentials|git/credentials)$`, "git/credentials", true},
		{`\.tfstate(\.[0-9]+)?(\.backup)?$`, "a.tfstate.3", true},
		{`(a|b*)$`, "a", false},
		{`[xy]z?$`, "y", false},
	}
	for _, tt := range tests {
		p := pathRule{regexp.MustCompile(tt.pattern), textsIn(regexp.MustCompile(tt.pattern))}
		if got := p.some != nil; got != tt.some {
			t.Errorf("%s: texts %q", tt.pattern, p.some)
		}
		if !p.re.MatchString(tt.path) || !p.may(strings.ToLower(tt.path)) {
			t.Errorf("%s: %s is to match, and may with texts %q", tt.pattern, tt.path, p.some)
		}
		if p.some != nil && p.may("another/name") {
			t.Errorf("%s: another/name may match by %q", tt.pattern, p.some)
		}
	}
}
