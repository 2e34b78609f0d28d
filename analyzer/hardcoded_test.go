package analyzer_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/keysift/keysift/analyzer"
	"github.com/keysift/keysift/internal/secrettest"
	"github.com/keysift/keysift/rules"
)

// places put a value, %[2]s, where a name, %[1]s, says what it is.
var places = []string{
	`var %[1]s = %[2]s`,
	`func f%[3]d() { %[1]s := %[2]s; _ = %[1]s }`,
	`func f%[3]d() { var %[1]s string = %[2]s; _ = %[1]s }`,
	`type t%[3]d struct{ %[1]s string }; var v%[3]d = t%[3]d{%[1]s: %[2]s}`,
	`type t%[3]d struct{ %[1]s string }; var v%[3]d = &t%[3]d{%[2]s}`,
	`type t%[3]d struct{ %[1]s []byte }; func f%[3]d(t *t%[3]d) { t.%[1]s = []byte(%[2]s) }`,
	`var m%[3]d = map[string]string{"%[1]s": %[2]s}`,
	`func f%[3]d(m map[string]string) { m["%[1]s"] = %[2]s }`,
	`func g%[3]d(user, %[1]s string) {}; func f%[3]d() { g%[3]d("u", %[2]s) }`,
	`func f%[3]d() { os.Setenv("%[1]s", %[2]s) }`,
	`func f%[3]d(h http.Header) { h.Set("%[1]s", %[2]s) }`,
	`func f%[3]d() { flag.String("%[1]s", %[2]s, "usage") }`,
}

// A name of a function is one of a variable, too.
const returned = `func %[1]s() string { return %[2]s }`

const placeImports = "package %s\n\nimport (\n\t\"flag\"\n\t\"net/http\"\n\t\"os\"\n)\n\nvar _, _, _ = flag.String, http.Get, os.Args\n\n"

func TestNames(t *testing.T) {
	secret := "dbPassword apiKey clientSecret accessToken signingKey GITHUB_TOKEN secretAccessKey passphrase"
	other := "passwordFile apiKeyHeader tokenURL secretName tokenType publicKey passwordRegexp apiKeyPrefix accessKeyID passwordHash userName tokenizer"
	files := map[string]string{}
	n := 0
	for i, name := range strings.Fields(secret) {
		pkg := fmt.Sprintf("named%d", i)
		text := fmt.Sprintf(placeImports, pkg)
		for k, place := range append([]string{returned}, places...) {
			ident := name
			if k == 1 {
				ident += "2" // the function has the name already
			}
			n++
			text += fmt.Sprintf(place, ident, fmt.Sprintf("%q", random(uint64(n), 20)), n) + " // want `hard-coded credential`\n"
		}
		files[pkg+"/p.go"] = text
	}
	for i, name := range strings.Fields(other) {
		pkg := fmt.Sprintf("other%d", i)
		text := fmt.Sprintf(placeImports, pkg)
		for k, place := range append([]string{returned}, places...) {
			ident := name
			if k == 1 {
				ident += "2"
			}
			n++
			text += fmt.Sprintf(place, ident, fmt.Sprintf("%q", "kst-"+strings.ToLower(random(uint64(n), 8))), n) + "\n"
		}
		files[pkg+"/p.go"] = text
	}
	run(t, analyzer.Hardcoded, files)
}

func TestHardcodedSites(t *testing.T) {
	analysistest.Run(t, expanded(t), analyzer.Hardcoded, "hard", "hard/quiet", "hard/hooks", "hard/compared", "hard/defaults", "hard/listed")
}

// forms write a secret in a statement.
var forms = []func(s string) string{
	func(s string) string { return fmt.Sprintf("use(%q)", s) },
	func(s string) string { return fmt.Sprintf("use(%q + %q)", s[:9], s[9:]) },
	func(s string) string { return fmt.Sprintf("use([]byte(%q))", s) },
	func(s string) string { return "use(" + byteLiteral("[]byte", s) + ")" },
	func(s string) string { return "use(" + byteLiteral("[...]byte", s) + ")" },
	func(s string) string { return "use(string(" + byteLiteral("[]byte", s) + "))" },
	func(s string) string { return fmt.Sprintf("use(strings.Join([]string{%q, %q}, %q))", s[:9], s[9:], "") },
	func(s string) string { return fmt.Sprintf("use(fmt.Sprintf(%q, %q, %q))", "%s%s", s[:9], s[9:]) },
	func(s string) string { return fmt.Sprintf("use(\"prefix \" + %q + \" suffix\")", s) },
	func(s string) string {
		return fmt.Sprintf("b, _ := base64.StdEncoding.DecodeString(%q); use(b)", base64.StdEncoding.EncodeToString([]byte(s)))
	},
	func(s string) string {
		return fmt.Sprintf("b, _ := hex.DecodeString(%q); use(b)", hex.EncodeToString([]byte(s)))
	},
}

// TestRules checks constants that are credentials by their form alone, however
// they are written.
func TestRules(t *testing.T) {
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	text := "package forms\n\nimport (\n\t\"encoding/base64\"\n\t\"encoding/hex\"\n\t\"fmt\"\n\t\"strings\"\n)\n\nfunc use(...any) {}\n\n"
	n := 0
	for _, id := range []string{"github-pat", "github-personal-access-token", "slack-bot-token", "stripe-secret-key", "npm-access-token", "gitlab-personal-access-token", "digitalocean-personal-access-token"} {
		r, ok := set.Rule(id)
		if !ok || r.Kind != rules.Hardcoded {
			continue
		}
		for _, form := range forms {
			sn, err := secrettest.Sample(r, uint64(7+n)) // each secret is reported once
			if err != nil {
				t.Fatalf("%s: %v", id, err)
			}
			n++
			text += fmt.Sprintf("func f%d() { %s } // want `revoke and rotate it`\n", n, form(sn.Secret()))
			n++
			text += fmt.Sprintf("func f%d() { use(%q) }\n", n, sn.Secret()[:len(sn.Secret())/2])
		}
	}
	if n == 0 {
		t.Fatal("no rule was found to make samples of")
	}
	text += "var _, _, _, _ = base64.StdEncoding, hex.Dump, fmt.Sprint, strings.Join\n"
	run(t, analyzer.Hardcoded, map[string]string{"forms/forms.go": text})
}

func byteLiteral(typ, s string) string {
	var b strings.Builder
	b.WriteString(typ + "{")
	for i := range len(s) {
		fmt.Fprintf(&b, "%d, ", s[i])
	}
	return strings.TrimSuffix(b.String(), ", ") + "}"
}

func TestEmbed(t *testing.T) {
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	r, ok := set.Rule("github-personal-access-token")
	if !ok {
		t.Fatal("no such rule")
	}
	sn, err := secrettest.Sample(r, 11)
	if err != nil {
		t.Fatal(err)
	}
	run(t, analyzer.Hardcoded, map[string]string{
		"embeds/key.txt":   sn.Secret() + "\n",
		"embeds/plain.txt": "nothing to see\n",
		"fakes/key.txt":    sn.Secret() + "\n",
		"fakes/fakes.go":   "package fakes\n\nimport _ \"embed\"\n\n//go:embed key.txt\nvar data string\n",
		"embeds/embeds.go": "package embeds\n\nimport _ \"embed\"\n\n//go:embed key.txt\nvar data string // want `embedded file key.txt holds a`\n\n//go:embed plain.txt\nvar other string\n",
	})
}

// TestExamples holds what examples and demos hold to looking like more than
// something made up.
func TestExamples(t *testing.T) {
	const easy = "kst-winter"
	const text = "package %s\n\ntype login struct{ Password string }\n\nvar weak = login{Password: %q}%s\n\nvar made = login{Password: %q} // want `hard-coded credential in field Password`\n"
	run(t, analyzer.Hardcoded, map[string]string{
		"app/examples/login/a.go": fmt.Sprintf(text, "login", easy, "", random(41, 20)),
		"app/_demo/a.go":          fmt.Sprintf(text, "demo", easy, "", random(42, 20)),
		"app/cmd/login-demo/a.go": fmt.Sprintf(text, "demo", easy, "", random(44, 20)),
		"app/democracy/a.go":      fmt.Sprintf(text, "democracy", easy, " // want `hard-coded credential in field Password`", random(45, 20)),
		"app/login/a.go":          fmt.Sprintf(text, "login", easy, " // want `hard-coded credential in field Password`", random(43, 20)),
	})
}

// TestMadeUpNames holds forms that anybody can make up, as that of a JSON web
// token, to names that do not say so.
func TestMadeUpNames(t *testing.T) {
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	r, ok := set.Rule("json-web-token")
	if !ok {
		t.Fatal("no such rule")
	}
	sn, err := secrettest.Sample(r, 5)
	if err != nil {
		t.Fatal(err)
	}
	run(t, analyzer.Hardcoded, map[string]string{
		"names/a.go": fmt.Sprintf("package names\n\nvar DemoToken = %[1]q\n\nvar accessToken = %[1]q // want `revoke and rotate it`\n\n"+
			"const refreshToken = %[1]q\n\nvar once = []byte(refreshToken)\n\n"+
			"const TestJWT = %[1]q\n\nfunc check(token string) {}\n\nfunc f() {\n\ttestJWT := %[1]q\n\tcheck(testJWT)\n}\n", sn.Secret()),
		"mock/a.go": fmt.Sprintf("package mock\n\nvar accessToken = %q\n", sn.Secret()),
	})
}

// TestOnce checks that a secret is reported once in a package, and that the keys
// which are kept for tests are one report.
func TestOnce(t *testing.T) {
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	r, ok := set.Rule("github-personal-access-token")
	if !ok {
		t.Fatal("no such rule")
	}
	sample := func(seed uint64) string {
		sn, err := secrettest.Sample(r, seed)
		if err != nil {
			t.Fatal(err)
		}
		return sn.Secret()
	}
	marked, ok := set.Rule("google-api-key")
	if !ok {
		t.Fatal("no such rule")
	}
	fit, err := secrettest.Sample(marked, 28)
	if err != nil {
		t.Fatal(err)
	}
	const want = " // want `revoke and rotate it`"
	run(t, analyzer.Hardcoded, map[string]string{
		"once/a.go":         fmt.Sprintf("package once\n\nvar a = %q%s\nvar b = %q\nvar c = %q%s\n", sample(21), want, sample(21), sample(22), want),
		"once/b.go":         fmt.Sprintf("package once\n\nvar d = %q\nvar dbPassword = %q // want `hard-coded credential in dbPassword`\nvar smtpPassword = %q\n", sample(22), random(71, 20), random(71, 20)),
		"testcerts/a.go":    fmt.Sprintf("package testcerts\n\nvar a = %q%s\nvar b = %q\n", sample(23), want, sample(24)),
		"fixtures/a.go":     fmt.Sprintf("package fixtures\n\nvar a = %q\n", fit.Secret()),
		"fitting/a.go":      fmt.Sprintf("package fitting\n\nvar a = %q%s\n", fit.Secret(), want),
		"attest/a.go":       fmt.Sprintf("package attest\n\nvar a = %q%s\nvar b = %q%s\n", sample(25), want, sample(26), want),
		"once/testcert.go":  fmt.Sprintf("package once\n\nvar boxPassword = %q\n", random(74, 20)),
		"once/tester.go":    fmt.Sprintf("package once\n\nvar carPassword = %q // want `hard-coded credential in carPassword`\n", random(75, 20)),
		"once/mocklogin.go": fmt.Sprintf("package once\n\nvar keyPassword = %q\n", random(72, 20)),
		"helped/a.go":       fmt.Sprintf("package helped\n\nimport \"testing\"\n\nfunc Login(t *testing.T) { dbPassword := %q; t.Log(len(dbPassword)) }\n", random(73, 20)),
	})
}

// TestNoCredentials checks what looks like a credential and is none: the public
// half of a pair, what tells requests apart, defaults of this machine, and texts
// for people.
func TestNoCredentials(t *testing.T) {
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	r, ok := set.Rule("json-web-token")
	if !ok {
		t.Fatal("no such rule")
	}
	sn, err := secrettest.Sample(r, 31)
	if err != nil {
		t.Fatal(err)
	}
	pat, ok := set.Rule("github-personal-access-token")
	if !ok {
		t.Fatal("no such rule")
	}
	shown, err := secrettest.Sample(pat, 32)
	if err != nil {
		t.Fatal(err)
	}
	other, err := secrettest.Sample(pat, 33)
	if err != nil {
		t.Fatal(err)
	}
	help := strings.Repeat("The command signs what it is given, line by line.\n", 9)
	run(t, analyzer.Hardcoded, map[string]string{
		"halves/a.go": fmt.Sprintf("package halves\n\ntype pair struct{ AccessKey, SecretKey string }\n\nfunc use(accessKey string) {}\n\n"+
			"func f() {\n\tuse(%q)\n\t_ = pair{\n\t\tAccessKey: %q,\n\t\tSecretKey: %q, // want `hard-coded credential in field SecretKey`\n\t}\n}\n",
			random(81, 20), random(82, 20), random(83, 20)),
		"requests/a.go":     fmt.Sprintf("package requests\n\nvar clientToken = %q\n\nvar authToken = %q // want `hard-coded credential in authToken`\n", random(84, 20), random(85, 20)),
		"testidentity/a.go": fmt.Sprintf("package testidentity\n\nvar dbPassword = %q\n", random(87, 20)),
		"testament/a.go":    fmt.Sprintf("package testament\n\nvar dbPassword = %q // want `hard-coded credential in dbPassword`\n", random(88, 20)),
		"defaults/a.go": fmt.Sprintf("package defaults\n\ntype login struct{ URL, Password string }\n\nvar here = login{\"http://127.0.0.1/\", \"kst-winter\"}\n\n"+
			"var there = login{\"http://app.test/\", \"kst-autumn\"} // want `hard-coded credential in field Password`\n\n"+
			"var made = login{\"http://localhost/\", %q} // want `hard-coded credential in field Password`\n", random(86, 20)),
		"helps/a.go":  fmt.Sprintf("package helps\n\nconst help = %q\n\nconst short = %q // want `revoke and rotate it`\n", help+sn.Secret()+"\n"+help, "sign "+sn.Secret()),
		"usages/a.go": fmt.Sprintf("package usages\n\nconst usage = %q\n\nconst script = %q // want `revoke and rotate it`\n", help+shown.Secret()+"\n"+help, help+other.Secret()+"\n"+help),
	})
}

func TestTests(t *testing.T) {
	text := func(want string) string {
		return fmt.Sprintf("package intest\n\nvar dbPassword = %q%s\n", random(99, 20), want)
	}
	run(t, analyzer.Hardcoded, map[string]string{"intest/a.go": "package intest\n", "intest/a_test.go": text("")})
	flagged := analyzer.All()[0]
	if err := flagged.Flags.Set("tests", "true"); err != nil {
		t.Fatal(err)
	}
	if err := flagged.Flags.Set("tests", "false"); err != nil {
		t.Fatal(err)
	}
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	own := analyzer.New(set)[0]
	if err := own.Flags.Set("tests", "true"); err != nil {
		t.Fatal(err)
	}
	run(t, own, map[string]string{"intest/a.go": "package intest\n", "intest/a_test.go": text(" // want `hard-coded credential`")})
}

func TestConfig(t *testing.T) {
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "flow.toml")
	writeFile(t, file, "[[sink]]\npackage = \"conf\"\nfunc = \"publish\"\nkind = \"log\"\n\n[[sink]]\npackage = \"conf\"\nfunc = \"unlock\"\nkind = \"credential\"\n\n[[source]]\npackage = \"conf\"\nfunc = \"fetch\"\n")
	all := analyzer.New(set)
	for _, f := range [][2]string{{"config", file}, {"names", "^geheim"}} {
		if err := all[0].Flags.Set(f[0], f[1]); err != nil {
			t.Fatal(err)
		}
	}
	const head = "package conf\n\nfunc publish(s string) {}\nfunc unlock(s string) {}\nfunc fetch() string { return \"\" }\n"
	run(t, all[2], map[string]string{"conf/a.go": head + "func f() { publish(fetch()) } // want `result of fetch`\nfunc g(geheim string) { publish(geheim) } // want `parameter geheim`\nfunc h(s string) { publish(s + \"\") }\n"})
	run(t, all[0], map[string]string{"conf/a.go": head + "func f() { unlock(\"kst-word\") } // want `hard-coded credential`\n"})
}

func TestConfigErrors(t *testing.T) {
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ text, want string }{
		{"[[sink]]\nfunc = \"f\"\n", "sink 1: it needs a func and a kind"},
		{"[[sink]]\nkind = \"log\"\n", "sink 1: it needs a func and a kind"},
		{"[[source]]\n", "source 1: it needs a func"},
		{"[[sink]]\nfunction = \"f\"\n", `unknown key "sink.function"`},
		{"[[sink\n", "toml"},
	}
	for _, tt := range tests {
		file := filepath.Join(t.TempDir(), "flow.toml")
		writeFile(t, file, tt.text)
		a := analyzer.New(set)[0]
		if err := a.Flags.Set("config", file); err != nil {
			t.Fatal(err)
		}
		_, err := a.Run(nil)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: error %v, want %q", tt.text, err, tt.want)
		}
	}
}
