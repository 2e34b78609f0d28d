package scan_test

import (
	"strings"
	"testing"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/internal/secrettest"
	"github.com/keysift/keysift/rules"
)

// TestKeyword holds a token that only a word near by gives away to how sure the
// place where it stands makes it.
func TestKeyword(t *testing.T) {
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	const id = "asana-client-secret"
	rule, _ := set.Rule(id)
	only, err := set.Only(id)
	if err != nil {
		t.Fatal(err)
	}
	sn, err := secrettest.Sample(rule, 1)
	if err != nil {
		t.Fatal(err)
	}
	const none = "none"
	tests := []struct{ path, text, want string }{
		{".env", "ASANA_TOKEN=VALUE\n", "medium"},
		{"app.json", `{"asana_key": "VALUE"}`, "medium"},
		{"app.py", "asana = 'VALUE'\n", "medium"},
		{"app.yml", "asana:\n  client_secret: VALUE\n", "medium"},
		{"notes.txt", "see asana VALUE\n", "low"},
		{"app.go", "var asanaPublicKey = \"VALUE\"\n", none},
		{"app.go", "// asana\nvar label = \"VALUE-and-more\"\n", none},
		{"app.go", "// asana\nvar label = \"more+VALUE\"\n", none},
		{"app.txt", "see VALUE\n", none},
	}
	e := acceptEngine(only)
	for _, tt := range tests {
		text := strings.ReplaceAll(tt.text, "VALUE", sn.Secret())
		got := none
		if found := e.Match(&scan.Chunk{Path: tt.path, Data: []byte(text)}); len(found) > 0 {
			got = found[0].Confidence.String()
			if found[0].Confidence > rules.MediumConfidence {
				got = "medium"
			}
		}
		if got != tt.want {
			t.Errorf("%s: %q: %s, want %s", tt.path, tt.text, got, tt.want)
		}
	}
}

// TestMarker holds a token that only its first letters give away to what they
// stand in.
func TestMarker(t *testing.T) {
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ rule, text, want string }{
		{"launchdarkly-key", "key = VALUE\n", "medium"},
		{"launchdarkly-key", "see VALUE. And more\n", "medium"},
		{"launchdarkly-key", "7,VALUE.host.example.com\n", "low"},
		{"launchdarkly-key", "data = " + strings.Repeat("QUJDREVGR0g", 4) + "/VALUE\n", "low"},
		{"close-crm-api-key", "key = VALUE\n", "medium"},
		{"close-crm-api-key", "r := api_client.NetAccessPointApi.CreateNetAccessPoint(ctx)\n", "low"},
	} {
		only, err := set.Only(tt.rule)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(tt.text, "VALUE", secrettest.Builtin(t, tt.rule, 1).Secret())
		got := "none"
		if found := acceptEngine(only).Match(&scan.Chunk{Path: "a.txt", Data: []byte(text)}); len(found) > 0 {
			got = found[0].Confidence.String()
		}
		if got != tt.want {
			t.Errorf("%s: %q: %s, want %s", tt.rule, tt.text, got, tt.want)
		}
	}
}

// TestKeywordAgainstGeneric wants the likelier of two guesses for one place.
func TestKeywordAgainstGeneric(t *testing.T) {
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	rule, _ := set.Rule("asana-client-secret")
	sn, err := secrettest.Sample(rule, 2)
	if err != nil {
		t.Fatal(err)
	}
	text := "// unlike asana\nvar dbPassword = \"" + sn.Secret() + "\"\n"
	found := acceptEngine(set).Match(&scan.Chunk{Path: "main.go", Data: []byte(text)})
	if len(found) != 1 || found[0].Confidence < rules.MediumConfidence {
		t.Errorf("%q: found %v, want one finding of at least medium confidence", text, found)
	}
}
