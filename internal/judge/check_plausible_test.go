package judge

import (
	"strings"
	"testing"
)

func TestPlausible(t *testing.T) {
	for _, tt := range []struct {
		reason string // empty: plausible
		values []string
	}{
		{"", []string{
			"hunter2", "password1", "admin", "root", "guest", "letmein", "qwerty", "123456", "s3cret!", "P@ssw0rd", "test123", "iloveyou", "dragon",
			"pa$$word9", "$3cr3t", "a$b", "100%sure", "correct horse battery", "tr0ub4dor&3", "my-dog-rex", "secret-garden", "passw0rd", "admin123",
			"Summer2024!", "abc...xyz", "{9x", "nUmber", "secretGarden", "monkey", "put_manics", "p{a}ss", "a:b:c", "toor", "sunshine", "Xx9", "http2", "blink182", "monkey!", "(x)y9", "öäü1",
			"password!", "changeme1", "your9lives",
		}},
		{"a variable", []string{
			"$PASSWORD", "${PASSWORD}", "${db.password:-x}", "%PASSWORD%", "{{ .Values.password }}", "{{password}}", "<password>", "<your password>",
			"#{password}", "@PASSWORD@", ":password", "process.env.DB_PASS", "os.getenv('X')", "os.environ['X']", "ENV['X']", "getPassword()",
			"System.getenv(\"X\")", "config.password", "var.db_password", "local.pw", "self.password", "this.password", "$this->password", "$(cat file)",
			"$(pass show x)", "%(password)s", "%s", "%d", "{password}", "{0}", "[password]", "{}", "__PASSWORD__", "((password))", "${{ secrets.TOKEN }}",
			"!Ref Password", "!Sub x", "$env:PASSWORD", "<%= password %>", "prefix-${X}-suffix", "{% raw %}", "@{password}", "$[variables.x]",
			"data.aws_secret.x.value", "\"$PASSWORD\"", "os.getenv(", "$$PASSWORD", "props.password",
		}},
		{"a reference", []string{"op://vault/item/field", "vault://a/b", "arn:aws:secretsmanager:x", "/run/secrets/db", "ssm:/a/b", "projects/p/secrets/s"}},
		{"masked", []string{"****", "xxxx", "XXXXXXXX", "....", "...", "abc***", "•••••", "0000", "------", "xxxxx-xxxxx", "token-xxxx", "abc...", "aaaaaaa", "0123456789abcdef", "abcdefghijklmnopqrstuvwxyz"}},
		{"a type name", []string{"string", "String", "str", "null", "None", "undefined", "true", "[]byte", "SecretStr"}},
		{"a placeholder", []string{
			"changeme", "CHANGE_ME", "change-me", "password", "Password", "secret", "mysecret", "my-secret-password", "your_password", "YOUR_API_KEY",
			"your-api-key-here", "yourpassword", "example", "placeholder", "dummy", "api_key", "accessToken", "password_here", "put your unique phrase here",
			"insert-token-here", "SHOP_API_TOKEN", "request_secret", "xClientToken", "foo", "fooBar", "dbPassword", "client_secret", "redacted", "[REDACTED]", "your-refresh-token", "MyPassword", "enter password",
		}},
		{"empty", []string{"", " ", "\"\"", "''"}},
	} {
		for _, v := range tt.values {
			ok, reason := Plausible([]byte(v))
			if ok != (tt.reason == "") || !strings.HasPrefix(reason, tt.reason) {
				// Of values that more than one reason fits any will do.
				if !ok && tt.reason != "" && v[0] == '[' {
					continue
				}
				t.Errorf("Plausible(%q) = %v, %q, want reason %q", v, ok, reason, tt.reason)
			}
		}
	}
}

func TestPlausibleLong(t *testing.T) {
	if ok, why := Plausible([]byte(strings.Repeat("x", checkMaxPlausible+1))); !ok {
		t.Errorf("a value longer than the bound is %s", why)
	}
}
