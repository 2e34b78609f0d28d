package judge

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestPlaceholderReason(t *testing.T) {
	const (
		repeated  = "one or two characters repeated"
		looked    = "names where the value is to be found"
		maskedOut = "masked or elided"
		sequence  = "a sequence of successive characters"
		part      = "a short part repeated"
		told      = "tells the reader what to put there"
		vector    = "a well-known test vector"
	)
	tests := []struct{ value, want string }{
		{"", "empty"},
		{"xxxxxxxx", repeated},
		{"********", repeated},
		{"00000000-0000-0000-0000-000000000000", repeated},
		{"${DB_PASSWORD}", looked},
		{"$(cat file)", looked},
		{"{{ vault.password }}", looked},
		{"%(password)s", looked},
		{"<your-key>", looked},
		{"<%= password %>", looked},
		{"#{password}", looked},
		{"@@PASSWORD@@", looked},
		{"tulips-${SUFFIX}", looked},
		{"tulips_xxxxxxxxxxxx", maskedOut},
		{"tul...ips", maskedOut},
		{"tu****ip*****", maskedOut},
		{"1234567890", sequence},
		{"abcdefgh12345678", sequence},
		{"00001111-2222-3333-4444-555566667777", sequence},
		{"tultultul", part},
		{"YOUR_API_KEY", told},
		{"your-secret-here", told},
		{"changeme", told},
		{"INSERT_TOKEN_HERE", told},
		{"my-example-password", told},
		{"{\"a\": 1}", ""},
		{"tulips9", ""},
		{"hunter42", ""},
		{"password", ""},
		{"Heron78!tulips", ""},
		{"2001-2002-tulips", ""},
		{base64.StdEncoding.EncodeToString([]byte("Aladdin:open" + " sesame")), vector},
	}
	for _, tt := range tests {
		if got := PlaceholderReason([]byte(tt.value)); got != tt.want {
			t.Errorf("PlaceholderReason(%q) = %q, want %q", tt.value, got, tt.want)
		}
		if got := Placeholder([]byte(tt.value)); got != (tt.want != "") {
			t.Errorf("Placeholder(%q) = %v, want %v", tt.value, got, tt.want != "")
		}
	}
}

func TestEncodedPlaceholder(t *testing.T) {
	for text, want := range map[string]bool{"user:password": true, "foo:bar\n": true, "mysecret": true, "svc:tulips9": false, "user:\x01\x02\x03": false, "12345:678": false} {
		for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.RawURLEncoding} {
			if got := encodedPlaceholder([]byte(enc.EncodeToString([]byte(text)))); got != want {
				t.Errorf("encodedPlaceholder of %q = %v, want %v", text, got, want)
			}
		}
	}
}

// Random text is none, whatever its alphabet.
func TestPlaceholderSparesRandom(t *testing.T) {
	for _, alphabet := range []string{hexDigits, alphanum, "0123456789", strings.ToUpper(hexDigits)} {
		for seed := range uint64(300) {
			v := randomText(seed, alphabet, 12+int(seed%30))
			if got := PlaceholderReason([]byte(v)); got != "" {
				t.Errorf("seed %d of %q: %q, want none", seed, alphabet, got)
			}
		}
	}
}
