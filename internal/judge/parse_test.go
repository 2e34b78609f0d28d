package judge

import (
	"fmt"
	"strings"
	"testing"
)

// found returns the candidates of the last line of text as "form name=value".
func found(path, text string) []string {
	start := strings.LastIndexByte(text, '\n') + 1
	var got []string
	for _, c := range appendCandidates(nil, FamilyOf(path), []byte(text), start, len(text), false) {
		got = append(got, fmt.Sprintf("%s %s=%s", c.Form, text[c.NameStart:c.NameEnd], text[c.Start:c.End]))
	}
	return got
}

func TestCandidates(t *testing.T) {
	tests := []struct {
		path, text string
		want       []string
	}{
		// Go
		{"a.go", `password := "$T9"`, []string{"assignment password=$T9"}},
		{"a.go", `var apiToken string = "$T9"`, []string{"assignment apiToken=$T9"}},
		{"a.go", `	Password:   "$T9",`, []string{"assignment Password=$T9"}},
		{"a.go", `cfg.SetPassword("$T9")`, []string{"call =$T9"}},
		{"a.go", `secret = []byte("$T9")`, []string{"assignment secret=$T9"}},
		{"a.go", `m["password"] = "$T9"`, []string{"assignment password=$T9"}},
		{"a.go", `if string(pass) == "$T9" {`, []string{"assignment pass=$T9"}},
		{"a.go", `password := os.Getenv("TULIPS")`, nil},
		{"a.go", `password := cfg.Password`, nil},
		{"a.go", `func login(user, password string) error {`, nil},
		{"a.go", `url := "nats://svc:$T9@host:4222"`, []string{"url user info svc=$T9"}},
		{"a.go", `"{\"user\":\"svc\",\"pass\":\"$T9\"}"`, []string{"assignment pass=$T9"}},
		{"a.go", `key := []byte{12, 99, 31, 7, 45, 200, 91, 17, 60}`, []string{"bytes key=12, 99, 31, 7, 45, 200, 91, 17, 60"}},
		{"a.go", `tokens := []token{12, 99, 31, 7, 45, 200, 91, 17, 60}`, nil},
		// Python
		{"a.py", `connect(user="svc", password="$T9")`, []string{"assignment password=$T9"}},
		{"a.py", `password: str = '$T9'`, []string{"assignment password=$T9"}},
		{"a.py", `password = os.environ.get("DB_PASSWORD", "$T9")`, []string{"pair DB_PASSWORD=$T9"}},
		{"a.py", `password = os.environ["DB_PASSWORD"]`, nil},
		{"a.py", `data = {"password": "$T9", "name": "svc"}`, []string{"assignment password=$T9"}},
		{"a.py", `password = arg or "$T9"`, []string{"assignment password=$T9"}},
		{"a.py", "password = (\n    \"$T9\"", []string{"assignment password=$T9"}},
		// JavaScript and TypeScript
		{"a.js", `const dbPassword = '$T9';`, []string{"assignment dbPassword=$T9"}},
		{"a.ts", "private apiKey: string = `$T9`", []string{"assignment apiKey=$T9"}},
		{"a.js", `user.password = process.env.PASSWORD || '$T9'`, []string{"assignment user.password=$T9"}},
		{"a.js", `password: process.env.PASSWORD`, nil},
		{"a.js", `.send('username=svc&password=$T9')`, []string{"url query password=$T9"}},
		// Java, C#, Kotlin, Scala
		{"A.java", `private static final String PASSWORD = "$T9";`, []string{"assignment PASSWORD=$T9"}},
		{"A.java", `props.put("db.password", "$T9");`, []string{"pair db.password=$T9"}},
		{"A.kt", `val password: String = "$T9"`, []string{"assignment password=$T9"}},
		{"A.scala", `password = Some("$T9"),`, []string{"assignment password=$T9"}},
		{"A.cs", `["password"] = "$T9",`, []string{"assignment password=$T9"}},
		{"a.js", `x = y ? ['user', 'password'] : ['$T9', 'roses']`, nil},
		{"A.cs", `Use(new SecureString("$T9"));`, []string{"call =$T9"}},
		// Ruby and PHP
		{"a.rb", `:password => "$T9"`, []string{"assignment password=$T9"}},
		{"a.rb", `password "$T9"`, []string{"keyword password=$T9"}},
		{"a.rb", `password = ENV['PASSWORD']`, nil},
		{"a.php", `$password = '$T9';`, []string{"assignment $password=$T9"}},
		{"a.php", `define('DB_PASSWORD', '$T9');`, []string{"pair DB_PASSWORD=$T9"}},
		{"a.php", `'password' => '$T9',`, []string{"assignment password=$T9"}},
		// C and Rust
		{"a.c", `const char *password = "$T9";`, []string{"assignment password=$T9"}},
		{"a.c", `char password[] = "$T9";`, []string{"assignment password=$T9"}},
		{"a.c", `#define WIFI_PASSWORD "$T9"`, []string{"keyword WIFI_PASSWORD=$T9"}},
		{"a.c", `STATUS_WRONG_PASSWORD = 0xC000006A,`, nil},
		{"a.rs", `let token: &str = "$T9";`, []string{"assignment token=$T9"}},
		// shell and Docker
		{"a.sh", `export DB_PASSWORD=$T9`, []string{"assignment DB_PASSWORD=$T9"}},
		{"a.sh", `export DB_PASSWORD="$1"`, nil},
		{"a.sh", `DB_PASSWORD=${PASSWORD}`, nil},
		{"a.sh", `mysql -u root -p$T9 shop`, []string{"flag -p=$T9"}},
		{"a.sh", `login --password $T9 --user svc`, []string{"flag --password=$T9"}},
		{"a.sh", `wget -u svc:$T9 host/path`, []string{"flag -u=$T9"}},
		{"a.ps1", `ConvertTo-SecureString "$T9" -AsPlainText`, []string{"keyword ConvertTo-SecureString=$T9"}},
		{"Dockerfile", `ENV DB_PASSWORD=$T9`, []string{"assignment DB_PASSWORD=$T9"}},
		// data and configuration
		{"a.yml", `password: $T9`, []string{"assignment password=$T9"}},
		{"a.yml", `  - POSTGRES_PASSWORD=$T9`, []string{"assignment POSTGRES_PASSWORD=$T9"}},
		{"a.yml", `users: [ {user: svc, password: $T9} ]`, []string{"assignment password=$T9"}},
		{"a.yml", "- name: DB_PASSWORD\n  value: $T9", []string{"split entries DB_PASSWORD=$T9"}},
		{"a.yml", `password: "{{ vault_password }}"`, nil},
		{"a.yml", strings.Join([]string{"password:", "!vault", "$T9"}, " "), []string{"assignment password=$T9"}},
		{"a.yml", "DB_USER=a DB_PASSWORD=$T9 DB_HOST=b", []string{"assignment DB_PASSWORD=$T9"}},
		{"a.json", `"password": "$T9",`, []string{"assignment password=$T9"}},
		{"a.toml", `token = "$T9"`, []string{"assignment token=$T9"}},
		{"a.properties", `spring.datasource.password=$T9`, []string{"assignment spring.datasource.password=$T9"}},
		{"a.ini", `password = $T 9 ; comment`, []string{"assignment password=$T 9"}},
		{".env", `SECRET=$T9`, []string{"assignment SECRET=$T9"}},
		{"a.xml", `<password>$T9</password>`, nil},
		{"a.xml", `<add key="password" value="$T9"/>`, []string{"split entries password=$T9"}},
		{"a.html", `{&quot;password&quot;: &quot;$T9&quot;}`, []string{"assignment password=$T9"}},
		{"a.tf", `password = "$T9"`, []string{"assignment password=$T9"}},
		{"a.tf", `password = "${var.password}"`, nil},
		{"a.sql", `CREATE USER svc IDENTIFIED BY '$T9';`, []string{"sql IDENTIFIED BY=$T9"}},
		// text
		{"a.md", "The password is `$T9`.", []string{"keyword password=$T9"}},
		{"a.md", `the password must be changed`, nil},
		{"a.md", `SQL> alter user sys identified by $T9 container=all;`, []string{"sql identified by=$T9"}},
		{"a.txt", `Authorization: Bearer $T$T9`, []string{"header Bearer=$T$T9"}},
		{"a.txt", `GET /feed?access_token=$T9&page=2`, []string{"url query access_token=$T9"}},
		{".netrc", `machine host login svc password $T9`, []string{"keyword password=$T9"}},
		{"a.md", `redis://:$T9@host:6379`, []string{"url user info redis=$T9"}},
	}
	for _, tt := range tests {
		tt.text = grow(tt.text)
		got := found(tt.path, tt.text)
		if strings.Join(got, "|") != grow(strings.Join(tt.want, "|")) {
			t.Errorf("%s: %q:\n got %q\nwant %q", tt.path, tt.text, got, tt.want)
		}
	}
}

func TestReject(t *testing.T) {
	tests := []struct {
		path, text string
		want       Reject
	}{
		{"a.yml", `password: ${DB_PASSWORD}`, RejectLookup},
		{"a.yml", `password: ##DB_PASSWORD##`, RejectLookup},
		{"a.go", `password := "true"`, RejectLiteral},
		{"a.go", `password := "xxxxxxxx"`, RejectFiller},
		{"a.go", `password := "changeme-please"`, RejectPlaceholder},
		{"a.go", `password := "some kind of $T that grow"`, RejectProse},
		{"a.go", `password := "ENC($T9)"`, RejectHash},
		{"a.js", `'labelPassword': 'Tulips:'`, RejectProse},
		{"a.cs", `publicKeyToken = "$T9"`, RejectPublic},
		{"a.go", `title := "$T9"`, RejectName},
		{"a.c", `PASSWORD = 0xC000006A`, RejectLiteral},
	}
	for _, tt := range tests {
		tt.text = grow(tt.text)
		c := appendCandidates(nil, FamilyOf(tt.path), []byte(tt.text), 0, len(tt.text), true)
		if len(c) == 0 {
			t.Errorf("%s: %q: no candidate, want one rejected as %q", tt.path, tt.text, tt.want)
			continue
		}
		if got := c[len(c)-1].Reject; got != tt.want {
			t.Errorf("%s: %q: rejected as %q, want %q", tt.path, tt.text, got, tt.want)
		}
	}
}

func TestFamilyOf(t *testing.T) {
	tests := []struct {
		path string
		want Family
	}{
		{"a/b.go", FamilyGo}, {"b.PY", FamilyPython}, {"values.yaml.j2", FamilyYAML}, {"a/.env", FamilyINI}, {".env.example", FamilyINI},
		{"Dockerfile.dev", FamilyDocker}, {"config.json.dist", FamilyJSON}, {`a\b.cs`, FamilyJVM}, {"LICENSE", FamilyText}, {"", FamilyText},
		{"a.example", FamilyText}, {"main.tf", FamilyHCL}, {"x.unknown", FamilyText},
	}
	for _, tt := range tests {
		if got := FamilyOf(tt.path); got != tt.want {
			t.Errorf("FamilyOf(%q) = %v, want %v", tt.path, got, tt.want)
		}
	}
}

// grow puts a flower for $T: the texts of the tables hold no value that stands
// where a credential may stand, or the scanner would find them in this file.
func grow(s string) string { return strings.ReplaceAll(s, "$T", "tulips") }
