package rules

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

func knownFiles(t testing.TB) *Files {
	t.Helper()
	f, err := KnownFiles()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFilesTable(t *testing.T) {
	table, err := CompileFiles(os.DirFS("."), "files")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(table, []byte(filesTable)) {
		t.Error("files.table is not what the files compile to; run: go generate ./rules")
	}
	if n := knownFiles(t).Len(); n < 250 {
		t.Errorf("%d names, want at least 250", n)
	}
	for i := range len(table) - 1 {
		if _, err := openFiles(string(table[:i])); err == nil {
			t.Fatalf("a table cut off at %d of %d opens", i, len(table))
		}
	}
}

// TestFilesFind holds every pattern to be found by a name made from it.
func TestFilesFind(t *testing.T) {
	f := knownFiles(t)
	set := builtin(t)
	for i := range f.entries {
		e := &f.entries[i]
		if _, ok := set.Remedy(e.Remedy); !ok {
			t.Errorf("%s: no remedy %q", e.Pattern, e.Remedy)
		}
		name := "x/" + strings.ReplaceAll(e.Pattern, "*", "q")
		if got, ok := f.Find(name); !ok || got.Rule.Kind != File {
			t.Errorf("Find(%q) = %+v, %v, want %s", name, got, ok, e.Pattern)
		}
	}
	for _, r := range f.Rules() {
		if got, ok := set.Rule(r.ID); !ok || got.ID != r.ID || !set.FileEnabled(r.ID) {
			t.Errorf("the set has no rule %s", r.ID)
		}
	}
	less, err := set.Disable("file-dotenv")
	if err != nil || less.FileEnabled("file-dotenv") || !less.FileEnabled("file-cloud") {
		t.Errorf("Disable(file-dotenv): %v", err)
	}
	if one, err := set.Only("github-personal-access-token"); err != nil || one.FileEnabled("file-dotenv") {
		t.Errorf("Only leaves file rules on: %v", err)
	}
}

func TestFilesNames(t *testing.T) {
	f := knownFiles(t)
	for _, tt := range []struct {
		path, rule string
		template   bool
	}{
		{".env", "file-dotenv", false},
		{"a/b/.ENV.production", "file-dotenv", false},
		{".env.example", "file-template", true},
		{"a/prod.env.sample", "file-template", true},
		{"home/.aws/credentials", "file-cloud", false},
		{"credentials", "", false},
		{"deploy/id_rsa", "file-private-key", false},
		{"id_rsa.pub", "file-template", true},
		{"x.tfvars", "file-infrastructure", false},
		{"k/kubeconfig", "file-container", false},
		{".npmrc", "file-package-manager", false},
		{".mcp.json", "file-agent", false},
		{"dump.sql", "file-backup", false},
		{"vault.kdbx", "file-desktop", false},
		{".bash_history", "file-editor", false},
		{"main.go", "", false},
		{"environment.ts", "", false},
		{"README", "", false},
		{"", "", false},
		{"/", "", false},
	} {
		got, ok := f.Find(tt.path)
		if ok != (tt.rule != "") || ok && (got.Rule.ID != tt.rule || got.Template != tt.template) {
			t.Errorf("Find(%q) = %+v, %v, want %s", tt.path, got, ok, tt.rule)
		}
	}
}

func TestFilesErrors(t *testing.T) {
	c := &coldWriter{}
	for text, want := range map[string]string{
		`id = "file-x"`: "title is missing",
		"id = \"file-x\"\ntitle = \"X\"\nseverity = \"low\"\n[[file]]\ntitle = \"Y\"\nnames = [\"A\"]": `pattern "A": want lower case`,
		"id = \"file-x\"\ntitle = \"X\"\nseverity = \"low\"\n[[file]]\ntitle = \"Y\"\nnames = [\"*\"]": `pattern "*" matches everything`,
		"id = \"file-x\"\ntitle = \"X\"\nseverity = \"low\"\nother = 1":                                `unknown key "other"`,
	} {
		err := c.category([]byte(text), map[string]string{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func BenchmarkFilesFind(b *testing.B) {
	f := knownFiles(b)
	paths := []string{"internal/scan/engine.go", "web/src/components/Button.tsx", "docs/index.md", "a/.env"}
	b.ReportAllocs()
	for i := range b.N {
		f.Find(paths[i%len(paths)])
	}
}

func BenchmarkKnownFiles(b *testing.B) {
	for range b.N {
		if _, err := KnownFiles(); err != nil {
			b.Fatal(err)
		}
	}
}
