package report

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// The samples are of a provider that does not exist. Their bodies are made up
// at run time, so that no file of this package holds one.

// strongSecret returns a token that nobody guesses.
func strongSecret(seed uint64) scan.Secret {
	const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	random := rand.New(rand.NewPCG(seed, 1))
	body := make([]byte, 36)
	for i := range body {
		body[i] = alphabet[random.IntN(len(alphabet))]
	}
	return scan.NewSecret("kst_"+string(body), len("kst_"))
}

// weakSecret returns a password without a public part.
func weakSecret() scan.Secret { return scan.NewSecret(strings.Repeat("open", 2)+"sesame", 0) }

func vendorRule() *rules.Rule {
	return &rules.Rule{
		ID: "example-token", Title: "Example access token", Provider: "Example", Kind: rules.Hardcoded,
		Severity: rules.Critical, Confidence: rules.HighConfidence, Markers: []string{"kst_"}, Remedy: "example",
	}
}

func genericRule() *rules.Rule {
	return &rules.Rule{
		ID: "generic-password", Title: "Password", Provider: "Generic", Kind: rules.Hardcoded,
		Severity: rules.Medium, Confidence: rules.MediumConfidence, Remedy: "generic",
	}
}

func remedies(id string) (*rules.Remedy, bool) {
	if id != "example" && id != "generic" {
		return nil, false
	}
	steps := []rules.Step{
		{Action: "revoke", Text: "Delete the token in the console.", URL: "https://docs.example.com/tokens", Command: "example tokens delete ID"},
		{Action: "rotate", Text: "Create a second token."},
		{Action: "deploy", Text: "Put it in every place listed."},
		{Action: "validate", Text: "Watch for requests that are refused."},
		{Action: "audit", Text: "Read the audit log since the first exposure."},
		{Action: "restrict", Text: "Limit the new token to what it is for."},
		{Action: "store", Text: "Keep it in a secret manager & read it from there."},
	}
	return &rules.Remedy{ID: id, Provider: "Example", Steps: steps, Confirmed: id == "example", Source: "https://docs.example.com/"}, true
}

func finding(r *rules.Rule, s scan.Secret, path string, line int) *scan.Finding {
	at := int64(line-1) * 50
	return &scan.Finding{
		Rule: r, Secret: s, Path: path,
		Start:      scan.Position{Line: line, Column: 5, Byte: at + 4},
		End:        scan.Position{Line: line, Column: 5 + s.Len(), Byte: at + 4 + int64(s.Len())},
		Score:      0.9991,
		Confidence: r.Confidence, Severity: r.Severity, Reason: "marker and shape",
	}
}

// sampleRun returns a run with one finding of each sort.
func sampleRun(show bool) *Run {
	c := NewCollector(CollectorOptions{
		Remedy: remedies, MinExposure: scan.Unignored, FailConfidence: rules.HighConfidence, MinConfidence: rules.MediumConfidence,
		ShowSuppressed: true, ShowSecrets: show,
		Enrich: func(r *Record, objects map[string]bool) {
			if !objects["b10b"] {
				return
			}
			r.Owners = []string{"@team"}
			r.History = &History{
				Introduced: &Event{Commit: "c0ffee", Date: "2024-03-01T10:00:00Z", Author: "A <a@example.com>", Subject: "add " + strongSecret(1).Reveal()},
				InHead:     true, Refs: []string{"refs/heads/main"}, RefsTotal: 1, Blobs: 1, AgeDays: 412, Overdue: true,
			}
		},
	})
	token := strongSecret(1)
	for line := 1; line <= 6; line++ {
		f := finding(vendorRule(), token, "deploy/app.env", line)
		f.Exposure = scan.Pushed
		f.Confidence, f.Reason = rules.Certain, "checksum valid"
		f.Identity = []scan.Identity{{Name: "team", Value: "T1"}}
		f.Origin = &scan.Origin{Commit: "c0ffee", Object: "b10b"}
		c.Add(f, "")
	}
	f := finding(vendorRule(), token, "=odd, name|with `marks` & <b>.env", 3)
	f.Exposure = scan.Ignored
	c.Add(f, "")
	f = finding(vendorRule(), strongSecret(2), "local.env", 1)
	f.Exposure = scan.Ignored
	f.Decoded = []string{"base64", "hex"}
	f.Expires = time.Date(2030, 1, 2, 0, 0, 0, 0, time.UTC)
	c.Add(f, "")
	f = finding(genericRule(), weakSecret(), "config/db.yml", 7)
	f.Exposure = scan.Staged
	f.Score, f.Reason = 0.93, "name and value agree"
	c.Add(f, "the comment on this line gives no reason")
	f = finding(vendorRule(), strongSecret(3), "docs/example.md", 2)
	f.Exposure = scan.Pushed
	f.Suppressed = &scan.Suppression{By: "baseline", Reason: "revoked in 2023"}
	c.Add(f, "")
	f = finding(genericRule(), strongSecret(4), "x.go", 1)
	f.Confidence = rules.LowConfidence
	c.Add(f, "")
	for _, err := range []error{
		&scan.Skipped{Reason: "binary", Path: "logo.png"}, &scan.Skipped{Reason: "binary", Path: "b"}, &scan.Skipped{Reason: "lfs", Path: "c"},
		&scan.Incomplete{Reason: "unreadable", Path: "secret.d", Detail: "permission denied", Cure: "chmod +r secret.d"},
	} {
		if c.AddError(err) != nil {
			panic("a Skipped or Incomplete came back")
		}
	}
	return c.Collect(Summary{Version: "1.2.3", Rules: 12, Files: 10, Bytes: 12_345, Seconds: 0.4})
}

// render writes a run in a format.
func render(t *testing.T, run *Run, format string, opts Options) string {
	t.Helper()
	var out bytes.Buffer
	rep, err := New(format, &out, opts)
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Write(rep); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return out.String()
}
