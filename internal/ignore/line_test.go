package ignore

import (
	"io/fs"
	"strings"
	"testing"
)

// names are awkward ones, which a line has to match and nothing else.
func lineNames() []string {
	return []string{
		".env", "a/.env", "a/b/c.yml", "a/b [1].yml", "*.key", "what?", "#x", "!x", "a/#x", "tail ", "two  ", `back\slash`, "ünïcode",
		"a/!x", "[abc]", "a b/c d", "-x",
	}
}

// TestGitLine holds the line of every name to ignore that name and none of the
// others.
func TestGitLine(t *testing.T) {
	for _, bare := range []bool{false, true} {
		for _, name := range lineNames() {
			list, line, err := GitLine(name, bare, func(list string) bool { return list == "a/.gitignore" })
			if err != nil {
				t.Errorf("GitLine(%q): %v", name, err)
				continue
			}
			if want := map[bool]string{true: "a/.gitignore", false: ".gitignore"}[strings.HasPrefix(name, "a/")]; list != want {
				t.Errorf("GitLine(%q) is for %s, want %s", name, list, want)
			}
			m := New(Options{Root: t.TempDir(), Read: func(path string) ([]byte, error) {
				if path == list {
					return []byte(line + "\n"), nil
				}
				return nil, fs.ErrNotExist
			}})
			for _, other := range lineNames() {
				// A bare name is meant to be ignored wherever it stands.
				want := other == name || bare && !strings.Contains(strings.TrimPrefix(name, "a/"), "/") && strings.HasSuffix(other, "/"+name)
				if d := m.Path(other, false); d.Ignored != want {
					t.Errorf("%q for %q, bare %v: Path(%q) is %+v, want %v", line, name, bare, other, d, want)
				}
			}
		}
	}
	if _, _, err := GitLine("a\nb", false, func(string) bool { return false }); err == nil {
		t.Error("a name with a line break has a line")
	}
}

// TestSetLine holds the lines of published sets to keep their file out.
func TestSetLine(t *testing.T) {
	manifests := map[string]map[string]string{
		"docker": {"Dockerfile": "FROM scratch\n"},
		"npm":    {"package.json": `{"name":"x","version":"1.0.0"}`, ".npmignore": "*.tmp\n"},
		"gcloud": {".gcloudignore": "*.tmp\n"},
		"helm":   {"Chart.yaml": "name: x\n"},
		"vscode": {"package.json": `{"name":"x","version":"1.0.0","engines":{"vscode":"^1.0.0"}}`},
		"sdist":  {"MANIFEST.in": "include *\nrecursive-include a *\n"},
	}
	for tool, files := range manifests {
		for _, name := range []string{".env", "a/b/c.yml", "secret.json"} {
			read := func(path string) ([]byte, error) {
				if text, ok := files[path]; ok {
					return []byte(text), nil
				}
				return nil, fs.ErrNotExist
			}
			set := toolSet(t, tool, read)
			if in := set.Path(name); !in.Included || in.Unknown {
				continue // left out anyway
			}
			list := set.List(read)
			line, err := set.Line(name)
			if err != nil || list == "" {
				t.Errorf("%s: no line for %q: %v", tool, name, err)
				continue
			}
			changed := toolSet(t, tool, func(path string) ([]byte, error) {
				if path == list {
					return []byte(files[list] + line + "\n"), nil
				}
				return read(path)
			})
			if in := changed.Path(name); in.Included {
				t.Errorf("%s: the line %q in %s does not keep %q out: %+v", tool, line, list, name, in)
			}
			if in := changed.Path("other.txt"); in.Included != set.Path("other.txt").Included {
				t.Errorf("%s: the line %q for %q changes what becomes of another file", tool, line, name)
			}
		}
	}
}

func toolSet(t *testing.T, tool string, read Read) *Set {
	t.Helper()
	for _, s := range PublishedSets(read) {
		if s.Tool == tool {
			return s
		}
	}
	t.Fatalf("no set of %s", tool)
	return nil
}
