package ignore

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
)

// inSet writes the files that a set takes of the given ones, marked with "?"
// where it is not sure.
func inSet(s *Set, files string) string {
	var in []string
	for f := range strings.FieldsSeq(files) {
		switch got := s.Path(f); {
		case got.Unknown:
			in = append(in, f+"?")
		case got.Included:
			in = append(in, f)
		}
	}
	return strings.Join(in, " ")
}

func TestSets(t *testing.T) {
	for _, tt := range []struct {
		name  string
		open  func(Read) *Set
		lists []string
		files string
		want  string
	}{
		{"docker: no list", Docker, []string{"Dockerfile", ""}, ".env a/b", ".env a/b"},
		{"docker: anchored", Docker, []string{".dockerignore", ".env\n"}, ".env a/.env", "a/.env"},
		{"docker: any folder", Docker, []string{".dockerignore", "**/.env\n# c\n/b\n"}, ".env a/.env b/x a/b", "a/b"},
		{"docker: back below a folder", Docker, []string{".dockerignore", "a\n!a/keep\n"}, "a/x a/keep", "a/keep"},
		{"docker: suffix", Docker, []string{".dockerignore", "**.pem\n"}, "x.pem a/y.pem z", "z"},
		{"docker: own list", Docker, []string{".dockerignore", "*\n", "Dockerfile.dockerignore", "a\n"}, "a b", "b"},
		{"docker: bad", Docker, []string{".dockerignore", "[a\n"}, "a", "a?"},
		{"helm", Helm, []string{"Chart.yaml", "", ".helmignore", "*.key\nsecrets/\n"}, "a.key b/c.key secrets/x templates/.hidden values.yaml", "values.yaml"},
		{"helm: negation is against the rest", Helm, []string{"Chart.yaml", "", ".helmignore", "!*.yaml\n"}, "a.yaml b.txt", "a.yaml"},
		{"helm: two stars", Helm, []string{"Chart.yaml", "", ".helmignore", "**/a\n"}, "b", "b?"},
		{"gcloud", GCloud, []string{".gcloudignore", "a/\n#!include:.gitignore\n!x.key\n", ".gitignore", "*.key\n.env\n"}, "a/b .env sub/.env y.key x.key z", "x.key z"},
		{"gcloud: include of an include", GCloud, []string{".gcloudignore", "#!include:a\n", "a", "#!include:b\n"}, "x", "x?"},
		{"npm: files", NPM, []string{"package.json", `{"name":"x","files":["dist","*.md"],"main":"m.js"}`, "dist", "\x00dir"}, ".env a.md dist/a dist/.npmrc m.js package.json LICENSE", "a.md dist/a m.js package.json LICENSE"},
		{"npm: braces", NPM, []string{"package.json", `{"files":["lib/*.{js,key}"]}`}, "lib/a.js lib/b.key lib/c.txt", "lib/a.js lib/b.key"},
		{"npm: npmignore", NPM, []string{"package.json", "{}", ".npmignore", "*.key\n!ok.key\n", ".gitignore", "other\n"}, "a.key ok.key other .npmrc node_modules/x/y .npmignore", "ok.key other"},
		{"npm: gitignore", NPM, []string{"package.json", "{}", ".gitignore", ".env\n", "sub/.npmignore", "!.env\nx\n"}, ".env sub/.env sub/x sub/y", "sub/.env sub/y"},
		{"npm: case", NPM, []string{"package.json", "{}", ".npmignore", "SECRET\n"}, "secret", ""},
		{"npm: extended glob", NPM, []string{"package.json", `{"files":["!(a)"]}`}, "b", "b?"},
		{"npm: bundle", NPM, []string{"package.json", `{"bundleDependencies":["m"]}`}, "node_modules/m/x", "node_modules/m/x?"},
		{"vscode", VSCode, []string{"package.json", `{"engines":{"vscode":"1"}}`, ".vscodeignore", "src\n**/*.key\n!src/ok\n"}, "src/x src/ok a/b.key out/c node_modules/m/x", "src/ok out/c node_modules/m/x?"},
		{"vscode: files", VSCode, []string{"package.json", `{"engines":{"vscode":"1"},"files":["out"]}`}, "src/x out/c", "out/c"},
		{"sdist", SDist, []string{"MANIFEST.in", "include *.txt\nrecursive-include data *\nglobal-exclude *.key\nprune data/tmp\n"}, "a.txt data/x data/k.key data/tmp/y .env README.md m.py", "a.txt data/x README.md m.py?"},
		{"sdist: continued", SDist, []string{"MANIFEST.in", "include a \\\n  b # c\n"}, "a b c", "a b"},
		{"sdist: bad", SDist, []string{"MANIFEST.in", "inclde a\n"}, "a", "a?"},
	} {
		files := memory(tt.lists...)
		read := func(path string) ([]byte, error) {
			data, err := files(path)
			if string(data) == "\x00dir" {
				return nil, errors.New("is a folder")
			}
			return data, err
		}
		s := tt.open(read)
		if s == nil {
			t.Errorf("%s: no set", tt.name)
			continue
		}
		if got := inSet(s, tt.files); got != tt.want {
			t.Errorf("%s: takes %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestInclusionNamesItsRule(t *testing.T) {
	s := Docker(memory(".dockerignore", "# c\n\n*.key\n!a.key\n"))
	for path, want := range map[string]Inclusion{
		"b.key": {Source: ".dockerignore", Line: 3, Pattern: "*.key"},
		"a.key": {Included: true, Source: ".dockerignore", Line: 4, Pattern: "!a.key"},
		"c":     {Included: true},
	} {
		if got := s.Path(path); got != want {
			t.Errorf("Path(%q) = %+v, want %+v", path, got, want)
		}
	}
}

func TestPublishedSets(t *testing.T) {
	for _, tt := range []struct {
		files []string
		want  string
	}{
		{nil, ""},
		{[]string{"Dockerfile", "", "Chart.yaml", "", "MANIFEST.in", ""}, "docker helm sdist"},
		{[]string{"package.json", `{"private":true}`}, ""},
		{[]string{"package.json", `{"engines":{"vscode":"1"}}`, ".gcloudignore", ""}, "npm gcloud vscode"},
		{[]string{"package.json", `{`}, "npm!"},
	} {
		var got []string
		for _, s := range PublishedSets(memory(tt.files...)) {
			name := s.Tool
			if s.Err != nil {
				name += "!"
			}
			got = append(got, name)
		}
		if g := strings.Join(got, " "); g != tt.want {
			t.Errorf("%q: sets %q, want %q", tt.files, g, tt.want)
		}
	}
	denied := func(string) ([]byte, error) { return nil, fs.ErrPermission }
	for _, s := range PublishedSets(denied) {
		if s.Err == nil && s.Tool != "helm" || !s.Path("a").Unknown {
			t.Errorf("%s, unreadable: Err = %v, Path = %+v, want Unknown", s.Tool, s.Err, s.Path("a"))
		}
	}
}

// FuzzSets wants no list to bring a tool's reader down, and a decision to
// point at a line of its list.
func FuzzSets(f *testing.F) {
	f.Add("**/a\n!b[c-d]?\n{e,f}/**\nrecursive-include a *\n", "a/b")
	f.Fuzz(func(t *testing.T, text, path string) {
		if len(text) > 2000 || len(path) > 200 {
			return
		}
		read := memory(".dockerignore", text, ".helmignore", text, "Chart.yaml", "", ".gcloudignore", text, ".npmignore", text, ".vscodeignore", text,
			"package.json", fmt.Sprintf(`{"engines":{"vscode":"1"},"files":[%q]}`, "a"), "MANIFEST.in", text)
		for _, s := range PublishedSets(read) {
			got := s.Path(path)
			if got.Unknown && !got.Included {
				t.Errorf("%s: Path(%q) = %+v", s.Tool, path, got)
			}
			if got.Line > strings.Count(text, "\n")+1 {
				t.Errorf("%s: Path(%q) = %+v, beyond the list", s.Tool, path, got)
			}
		}
	})
}
