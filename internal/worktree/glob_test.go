package worktree

import (
	"path"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestExclude(t *testing.T) {
	tests := []struct {
		pattern string
		path    string // below the root, which is "root"; a trailing slash makes it a folder
		want    bool
	}{
		{"*.log", "a.log", true},
		{"*.log", "d/e/a.log", true},
		{"*.log", "a.log.txt", false},
		{"*.log", "d.log/", true},
		{"vendor", "vendor/", true},
		{"vendor", "a/vendor/", true},
		{"vendor", "a/vendor", true},
		{"vendor/", "a/vendor", false},
		{"vendor/", "a/vendor/", true},
		{"vendor/", "vendored/", false},
		{"/vendor", "vendor/", true},
		{"/vendor", "a/vendor/", false},
		{"./vendor/x", "vendor/x", true},
		{"vendor/**", "vendor/", true},
		{"vendor/**", "vendor", false},
		{"vendor/**", "vendor/a/b", true},
		{"vendor/**", "a/vendor/b", false},
		{"**/vendor/**", "a/vendor/b", true},
		{"**/vendor", "vendor/", true},
		{"**/vendor", "a/b/vendor", true},
		{"a/**/z", "a/z", true},
		{"a/**/z", "a/b/c/z", true},
		{"a/**/z", "a/b/c/y", false},
		{"a/**/m/**/z", "a/m/x/m/y/z", true},
		{"a/**/m/**/z", "a/x/z", false},
		{"a/*/z", "a/b/z", true},
		{"a/*/z", "a/b/c/z", false},
		{"a/*", "a/b", true},
		{"a/*", "a/b/c", false}, // but a/b/ is left out with all below it
		{"root/a", "a", true},   // as it is reported
		{"root/**/x", "a/x", true},
		{"?.go", "a.go", true},
		{"?.go", "ab.go", false},
		{"?.go", "é.go", true},
		{"[a-c].go", "b.go", true},
		{"[!a-c].go", "b.go", false},
		{"[!a-c].go", "d.go", true},
		{"[^a-c].go", "b.go", false},
		{`\*.go`, "*.go", true},
		{`\*.go`, "a.go", false},
		{"**", "a/b", true},
		{"*", "a/b/", true},
		{".*", ".env", true},
		{".*", "env", false},
	}
	for _, tt := range tests {
		m, err := newMatcher([]string{tt.pattern})
		if err != nil {
			t.Errorf("%q: %v", tt.pattern, err)
			continue
		}
		below, dir := tt.path, false
		if n := len(below) - 1; below[n] == '/' {
			below, dir = below[:n], true
		}
		if got := m.match("root/"+below, below, dir); got != tt.want {
			t.Errorf("%q excludes %q: %v, want %v", tt.pattern, tt.path, got, tt.want)
		}
	}
}

func TestExcludeGiven(t *testing.T) {
	tests := []struct {
		pattern, path string
		dir, want     bool
	}{
		{"vendor", "vendor", true, true},
		{"vendor", "vendor/a/b.go", false, true},
		{"vendor/**", "vendor/a/b.go", false, true},
		{"build", "/home/build/b.go", false, false},
		{"*.go", "/home/build/b.go", false, true},
		{"/home/build/**", "/home/build/b.go", false, true},
		{".*", ".", true, false},
		{".*", "..", true, false},
		{".*", "../a", false, false},
		{"*", ".", true, false},
		{"b.go/", "b.go", false, false},
	}
	for _, tt := range tests {
		m, err := newMatcher([]string{tt.pattern})
		check(t, err)
		if got := m.matchGiven(tt.path, tt.dir); got != tt.want {
			t.Errorf("%q excludes %q as given: %v, want %v", tt.pattern, tt.path, got, tt.want)
		}
	}
}

// No pattern brings the matcher down, and a path with its special characters
// quoted excludes itself and nothing longer.
func FuzzGlob(f *testing.F) {
	f.Add("a/**/b/*", "a/x/y/b/c")
	f.Add("[", "a")
	f.Add("**/**/**/a", "b/b/b/b/*")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		if m, err := newMatcher([]string{pattern}); err == nil {
			m.match(name, name, false)
			m.matchGiven(name, true)
		}
		if !utf8.ValidString(name) || path.Clean(name) != name || strings.HasPrefix(name, "/") || name == "." {
			return
		}
		quoted := "/" + strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(name)
		m, err := newMatcher([]string{quoted})
		if err != nil {
			t.Fatalf("%q, which is %q quoted: %v", quoted, name, err)
		}
		if !m.match("r/"+name, name, false) {
			t.Errorf("%q does not exclude %q", quoted, name)
		}
		if longer := name + "x"; m.match("r/"+longer, longer, false) {
			t.Errorf("%q excludes %q", quoted, longer)
		}
	})
}

func TestExcluder(t *testing.T) {
	for _, tt := range []struct {
		pattern, path string
		want          bool
	}{
		{"*.log", "d/a.log", true},
		{"*.log", "d.log/a", true},
		{"vendor", "a/vendor/b/c", true},
		{"vendor/", "vendor", false},
		{"vendor/", "vendor/a", true},
		{"/vendor", "vendor/a", true},
		{"/vendor", "a/vendor/a", false},
		{"/a/b", "a/b", true},
		{"a/*", "a/b/c", true},
		{"a/**", "a", false},
		{"a/**", "a/b/c", true},
		{"**/x/**", "a/x/c", true},
		{"**/x/**", "a/x", false},
		{"[!a].go", "d/b.go", true},
		{"b", "a/c", false},
	} {
		excluded, err := Excluder([]string{tt.pattern})
		if err != nil {
			t.Errorf("%q: %v", tt.pattern, err)
		} else if got := excluded(tt.path); got != tt.want {
			t.Errorf("%q: %q excluded is %v, want %v", tt.pattern, tt.path, got, tt.want)
		}
	}
	if excluded, err := Excluder(nil); excluded != nil || err != nil {
		t.Errorf("no patterns: got a function or %v, want neither", err)
	}
	if _, err := Excluder([]string{"[a"}); err == nil {
		t.Error("[a: no error")
	}
}
