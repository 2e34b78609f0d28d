package analyzer

import (
	"strings"
	"testing"
)

func TestCredible(t *testing.T) {
	weak := "kst-" + "winter"
	mixed := strings.Repeat("aB3", 3) + "dE5fG7"
	tests := []struct {
		value string
		class nameClass
		at    place
		want  bool
	}{
		{weak, secretPassword, placeSink, true},
		{weak, secretPassword, placeVar, true},
		{weak, secretPassword, placeConst, false}, // more often a key of a configuration
		{weak, strongName, placeVar, false},
		{weak, weakName, placeVar, false},
		{weak, notSecret, placeSink, false},
		{mixed, strongName, placeConst, true},
		{mixed, weakName, placeVar, true},
		{"secret", secretPassword, placeSink, true},
		{"YOUR_TOKEN_HERE", secretPassword, placeSink, false},
		{"REDACTED", secretPassword, placeSink, false},
		{"", secretPassword, placeSink, false},
		{"ab", secretPassword, placeSink, false},
		{"abc", secretPassword, placeVar, false},
		{"********", secretPassword, placeSink, false},
		{"${PASSWORD}", secretPassword, placeVar, false},
		{"{{ .Password }}", secretPassword, placeSink, false},
		{"DB_PASSWORD", secretPassword, placeVar, false},
		{"password", secretPassword, placeVar, false},
		{"the password is wrong", secretPassword, placeVar, false},
		{"https://login.corp.test/token", strongName, placeVar, false},
		{"/etc/app/password", secretPassword, placeVar, false},
		{"$2a$10$" + "kst", secretPassword, placeSink, false},
		{"%s-%d", secretPassword, placeSink, false},
		{"\x00\x01\x02\x03\x04\x05\x06\x07", secretPassword, placeSink, false}, // a test vector
		{"\x07\x91\x02\x33\x04\xf5\x16\x87", secretPassword, placeSink, true},
	}
	for _, tt := range tests {
		if got := credible(tt.value, tt.class, tt.at, "password"); got != tt.want {
			t.Errorf("credible(%q, %d, %d) = %v, want %v", tt.value, tt.class, tt.at, got, tt.want)
		}
	}
}

func TestChosen(t *testing.T) {
	tests := []struct {
		value string
		want  bool
	}{
		{"id_ed25519", false},
		{"kst-Winter7", true},
		{"Winter-" + "1907-kst", true},
		{"kstwinter" + "1907", true},
		{"kst" + "7winter!", true},
		{"k7" + "S2t9W" + "4n8", true},
		{"kst-winter", false},
		{"Winter", false},
		{"X-Api-Key-V2", false},
		{"Base64Token", false},
		{"sha256-rsa-2048", false},
		{"us-east-1", false},
		{"eu-west-2a", false},
		{"v1.2.3-rc4", false},
		{"2024-01-02T03", false},
		{"gpt-4o-mini-2024", false},
		{"HS256RS512", false},
		{"kst.corp.test:8080", false},
		{"https://kst-Winter7", false},
		{"Windows-1252", false},
		{"GetUserByName2", false},
		{"", false},
	}
	for _, tt := range tests {
		if got := isChosen(tt.value); got != tt.want {
			t.Errorf("isChosen(%q) = %v, want %v", tt.value, got, tt.want)
		}
	}
}

func TestWording(t *testing.T) {
	for value, want := range map[string]bool{
		"Passwort": true, "пароль": true, "required|min:8": true, "omitempty,gte=8": true, "unchanged": true,
		"kst-winter": false, "min-kst": false, "winter": false, "": false,
	} {
		if got := isWording(value); got != want {
			t.Errorf("isWording(%q) = %v, want %v", value, got, want)
		}
	}
}

func TestWithArticle(t *testing.T) {
	for title, want := range map[string]string{
		"EC private key": "an EC private key", "RSA private key": "an RSA private key", "Private key": "a Private key", "OpenAI key": "an OpenAI key", "GitHub token": "a GitHub token", "URL": "a URL", "": "a ",
	} {
		if got := withArticle(title); got != want {
			t.Errorf("withArticle(%q) = %q, want %q", title, got, want)
		}
	}
}

func TestDSNPassword(t *testing.T) {
	pw := strings.Repeat("kst", 3)
	tests := []struct {
		dsn, want string
		ok        bool
	}{
		{"postgres://app:" + pw + "@db/app", pw, true},
		{"redis://:" + pw + "@cache:6379/0", pw, true},
		{"postgres://app@db/app", "", false},
		{"postgres://db/app", "", false},
		{"host=db password=" + pw + " user=app", pw, true},
		{"Server=db;Password=" + pw + ";Encrypt=true", pw, true},
		{"app:" + pw + "@tcp(db:3306)/app", pw, true},
		{"app:" + pw + "@unix(/run/db)/app", pw, true},
		{"app@tcp(db:3306)/app", "", false},
		{"file:app.db", "", false},
		{"password=", "", false},
		{"password=;user=app", "", false},
		{"", "", false},
	}
	for _, tt := range tests {
		got, ok := dsnPassword(tt.dsn)
		if got != tt.want || ok != tt.ok {
			t.Errorf("dsnPassword(%q) = %q, %v, want %q, %v", tt.dsn, got, ok, tt.want, tt.ok)
		}
	}
}

func TestParseFormat(t *testing.T) {
	tests := []struct {
		format string
		shown  []int
	}{
		{"", nil},
		{"%s", []int{0}},
		{"%d %s", []int{1}},
		{"%% %v", []int{0}},
		{"%T %p %q", []int{2}},
		{"%*d %s", []int{2}},
		{"%.3s %.30s", []int{1}},
		{"%[2]s", []int{1}},
		{"%+v %#v %x", []int{0, 1, 2}},
		{"%", nil},
		{"100%", nil},
	}
	for _, tt := range tests {
		verbs := parseFormat(tt.format)
		n := 0
		for _, v := range verbs {
			if v.shows {
				n++
			}
		}
		if n != len(tt.shown) {
			t.Errorf("parseFormat(%q) shows %d arguments, want %v", tt.format, n, tt.shown)
		}
		for _, i := range tt.shown {
			if !verbs[i].shows {
				t.Errorf("parseFormat(%q) does not show argument %d", tt.format, i)
			}
		}
	}
}

func FuzzSplitName(f *testing.F) {
	for _, s := range []string{"", "dbPassword", "X-Api-Key", "\xff\xfe", "ÄÖÜpassWord", strings.Repeat("aB", 99)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, w := range splitName(name) {
			if w == "" || w != strings.ToLower(w) {
				t.Errorf("splitName(%q) has the word %q", name, w)
			}
		}
		classify(name)
		parseFormat(name)
		credible(name, secretPassword, placeVar, name)
		dsnPassword(name)
		isChosen(name)
		isWording(name)
	})
}
