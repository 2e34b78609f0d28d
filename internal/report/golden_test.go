package report

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// masked replaces hashes, which say nothing to a reader and look like secrets
// to other scanners.
func masked(s string) string {
	s = regexp.MustCompile(`ks1-[0-9a-f]{32}`).ReplaceAllString(s, "ks1-FINGERPRINT")
	return regexp.MustCompile(`\b[0-9a-f]{64}\b`).ReplaceAllString(s, "SHA256")
}

func TestGolden(t *testing.T) {
	opts := Options{Remedy: remedies, Start: time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)}
	for _, format := range Formats() {
		t.Run(format, func(t *testing.T) {
			checkGolden(t, format, render(t, sampleRun(false), format, opts))
		})
		t.Run(format+" without findings", func(t *testing.T) {
			run := NewCollector(CollectorOptions{}).Collect(Summary{Version: "1.2.3", Rules: 12, Files: 1, Bytes: 5})
			opts := opts
			opts.Note = "files only; history not looked at: keysift history"
			checkGolden(t, format+"_clean", render(t, run, format, opts))
		})
	}
}

func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	got = masked(got)
	file := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if w := strings.ReplaceAll(string(want), "\r\n", "\n"); got != w {
		t.Errorf("%s differs; run go test -update and look at the difference. got:\n%s", file, got)
	}
}

// TestNoSecretInReports looks for any eight bytes of a secret's random part.
func TestNoSecretInReports(t *testing.T) {
	secrets := []string{weakSecret().Reveal()}
	for seed := uint64(1); seed <= 4; seed++ {
		secrets = append(secrets, strings.TrimPrefix(strongSecret(seed).Reveal(), "kst_"))
	}
	for _, format := range Formats() {
		got := render(t, sampleRun(false), format, Options{Remedy: remedies})
		for _, s := range secrets {
			for i := 0; i+8 <= len(s); i++ {
				if strings.Contains(got, s[i:i+8]) {
					t.Errorf("%s: the report holds bytes %d to %d of a secret", format, i, i+8)
				}
			}
		}
	}
}

func TestShowSecrets(t *testing.T) {
	want := strongSecret(1).Reveal()
	for _, format := range []string{"text", "json", "jsonl", "csv", "html"} {
		if got := render(t, sampleRun(true), format, Options{}); !strings.Contains(got, want) {
			t.Errorf("%s: a report that is to show secrets does not", format)
		}
	}
}

func TestDeterministic(t *testing.T) {
	for _, format := range Formats() {
		first := render(t, sampleRun(false), format, Options{})
		for range 5 {
			if again := render(t, sampleRun(false), format, Options{}); again != first {
				t.Fatalf("%s: two runs over the same findings differ:\n%s\n%s", format, first, again)
			}
		}
	}
}
