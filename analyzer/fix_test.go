package analyzer_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/keysift/keysift/analyzer"
)

func TestFixes(t *testing.T) {
	for _, tt := range []struct {
		analyzer *analysis.Analyzer
		pkg      string
	}{
		{analyzer.Hardcoded, "fixhard"},
		{analyzer.CredLog, "fixlog"},
		{analyzer.CredURL, "fixurl"},
	} {
		t.Run(tt.pkg, func(t *testing.T) {
			analysistest.RunWithSuggestedFixes(t, expanded(t), tt.analyzer, tt.pkg)
			buildGolden(t, tt.pkg)
		})
	}
}

// buildGolden builds what the fixes make of a package: a fix that does not
// compile helps nobody.
func buildGolden(t *testing.T, pkg string) {
	t.Helper()
	goldens, err := filepath.Glob(filepath.Join("testdata", "src", pkg, "*.golden"))
	if err != nil || len(goldens) == 0 {
		t.Fatalf("%s: no golden files: %v", pkg, err)
	}
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "go.mod"), "module "+pkg+"\n\ngo 1.24\n")
	for _, name := range goldens {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, strings.TrimSuffix(filepath.Base(name), ".golden")), expand(string(data)))
	}
	cmd := exec.Command("go", "vet", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: fixed files do not build: %v\n%s", pkg, err, out)
	}
}
