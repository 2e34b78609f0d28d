package analyzer_test

import (
	"fmt"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/keysift/keysift/analyzer"
)

const wholeImports = `"context" "crypto/ecdh" "crypto/ecdsa" "crypto/ed25519" "crypto/rsa" "database/sql" "encoding/json" "expvar" "fmt" "log" "log/slog" "net/http" "net/http/httputil" "net/url" "os" "path/filepath"
	"corp/faults" "corp/setting" "golang.org/x/oauth2" "github.com/aws/aws-sdk-go-v2/service/secretsmanager" "github.com/hashicorp/vault/api" "github.com/rs/zerolog" "github.com/spf13/cobra"
	"go.opentelemetry.io/otel/attribute" "go.opentelemetry.io/otel/trace" "go.uber.org/zap" "go.uber.org/zap/zapcore"`

const wholeDecls = `
type tagged struct {
	Name    string ` + "`json:\"name\"`" + `
	A       string ` + "`json:\"password\"`" + `
	B       string ` + "`env:\"DB_PASSWORD\"`" + `
	KeyName string ` + "`json:\"api_key\"`" + `
	NumHash string ` + "`json:\"client_secret\"`" + `
}

type plainTags struct {
	Name string ` + "`json:\"name\"`" + `
	Kind string ` + "`json:\"token_type\"`" + `
}

type Secret struct{ Data, Name string }

type OwnSecret[T any] struct{ v T }

func (s OwnSecret[T]) Reveal() T      { return s.v }
func (s OwnSecret[T]) String() string { return "***" }

type opened struct{ v string }

func (o opened) Reveal() string { return o.v }

type SessionToken string

type PageToken string

type exchange struct{ APIKey, APISecret, Merchant string }

type cloud struct{ AccessKey, SecretKey string }

type login struct{ Bearer, User string }

type stored struct {
	DSN, SentryDSN, CacheURL string
	DatabaseURL              string
	FileDSN                  string
}

type vocabulary struct{ EOSToken, BOSToken, PadToken, UnkToken string }

type chunk struct {
	Token   string
	LogProb float64
}

type hushed struct {
	Name     string ` + "`json:\"name\"`" + `
	Password string ` + "`json:\"-\"`" + `
}

type funcs struct {
	Logf   func(format string, args ...any)
	Notify func(args ...any)
}

type Printer interface{ Printf(format string, args ...any) }

type WeakPasswordError struct{ Password, User string }

func (e WeakPasswordError) Error() string { return "password " + e.Password + " is weak" } // want ` + "`field Password becomes part of an error by error WeakPasswordError`" + `

type WeakUserError struct{ Password, User string }

func (e WeakUserError) Error() string { return "password of " + e.User + " is weak" }

func must(name string) string { return os.Getenv(name) }

func showHeaders(h http.Header) { log.Print(h) } // want ` + "`headers of a request is written by log.Print`" + `

func showOthers(h http.Header) { log.Print(h) }

func copied(h http.Header) map[string]string {
	m := map[string]string{}
	for k, v := range h {
		m[k] = v[0]
	}
	return m
}

func loginAnswer(r *http.Response) {
	b, _ := httputil.DumpResponse(r, true)
	log.Printf("%s", b)
}

func mayHave(name string) bool { return os.Getenv(name) != "" }

func generatePassword() string { return "" }

var (
	ctx    = context.Background()
	tag    tagged
	ptags  plainTags
	obj    Secret
	of     OwnSecret[string]
	op     opened
	ses    SessionToken
	page   PageToken
	ex     exchange
	cl     cloud
	lg     login
	st     stored
	voc    vocabulary
	ch     chunk
	hush   hushed
	fns    funcs
	prn    Printer
	u      *url.URL
	req    *http.Request
	resp   *http.Response
	rw     http.ResponseWriter
	rk     *rsa.PrivateKey
	ek     *ecdsa.PrivateKey
	dk     ed25519.PrivateKey
	hk     *ecdh.PrivateKey
	tok    *oauth2.Token
	sm     *secretsmanager.GetSecretValueOutput
	vs     *api.Secret
	ev     *zerolog.Event
	span   trace.Span
	tracer trace.Tracer
	enc    zapcore.ObjectEncoder
	checked *zapcore.CheckedEntry
	cmd    *cobra.Command
	vars   expvar.Map
)

func keep(any) {}
`

// wholeStatements show what holds a secret without being named for one.
var wholeStatements = []struct{ params, stmt, want string }{
	{"", `log.Print(must("ADMIN_PASSWORD"))`, "environment variable ADMIN_PASSWORD"},
	{"", `p := must("ADMIN_PASSWORD"); log.Print(p)`, "environment variable ADMIN_PASSWORD"},
	{"", `log.Print(setting.Must("ADMIN_PASSWORD"))`, "environment variable ADMIN_PASSWORD"},
	{"", `log.Print(setting.Or("ADMIN_PASSWORD", ""))`, "environment variable ADMIN_PASSWORD"},
	{"", `log.Print(setting.Own("SMTP_PASSWORD"))`, "environment variable SMTP_PASSWORD"},
	{"", `log.Print(os.ExpandEnv("key ${ADMIN_PASSWORD}"))`, "environment variable ADMIN_PASSWORD"},
	{"", `log.Print(must("ADMIN_USER"), setting.Must("ADMIN_USER"), mayHave("ADMIN_PASSWORD"), setting.Has("ADMIN_PASSWORD"), os.ExpandEnv("$HOME"))`, ""},
	{"", `log.Print(setting.Label("ADMIN_PASSWORD"))`, ""},

	{"dsn string", `log.Print(dsn)`, "parameter dsn"},
	{"databaseURL string", `keep(fmt.Errorf("no database at %s", databaseURL))`, "parameter databaseURL"},
	{"", `log.Print(st.DSN)`, "field DSN"},
	{"", `log.Print(st.DatabaseURL)`, "field DatabaseURL"},
	{"", `log.Print(os.Getenv("PG_DSN"))`, "environment variable PG_DSN"},
	{"", `dsn := os.Getenv("DATABASE_URL"); log.Print(dsn)`, "environment variable DATABASE_URL"},
	{"dir string", `dsn := "file:" + dir; log.Print(dsn)`, ""},
	{"dsn string", `os.Remove(dsn); log.Print(dsn)`, ""},
	{"", `log.Print(st.SentryDSN, st.CacheURL, os.Getenv("SENTRY_DSN"), os.Getenv("BASE_URL"), filepath.Base(st.FileDSN))`, ""},

	{"", `log.Print(u.User)`, "password of a URL"},
	{"", `log.Print(u.User.String())`, "password of a URL"},
	{"password string", `w := &url.URL{Host: "h", User: url.UserPassword("a", password)}; log.Print(w)`, "parameter password"},
	{"", `log.Print(u, u.Redacted(), u.User.Username())`, ""},
	{"password string", `w := &url.URL{Host: "h", User: url.UserPassword("a", password)}; log.Print(w.Redacted())`, ""},
	{"name string", `user := url.User(name); log.Print(user)`, ""},

	{"", `log.Print(tag.A)`, "field A"},
	{"", `log.Print(tag.B)`, "field B"},
	{"", `log.Printf("%+v", tag)`, "field A of"},
	{"", `log.Print(tag.KeyName, tag.NumHash, tag.Name, ptags)`, ""},
	{"", `log.Print(obj.Data)`, "field Data"},
	{"", `log.Printf("%+v", obj)`, "field Data of"},
	{"", `log.Print(obj.Name)`, ""},
	{"", `log.Print(of.Reveal())`, "result of OwnSecret.Reveal"},
	{"", `log.Print(of, op.Reveal())`, ""},
	{"", `log.Print(ses)`, "variable ses of type SessionToken"},
	{"", `log.Print(page)`, ""},

	{"r *http.Request", `log.Print(r.Header)`, "headers of a request"},
	{"r *http.Request", `slog.Info("in", "headers", r.Header)`, "headers of a request"},
	{"r *http.Request", `for _, v := range r.Header { log.Print(v) }`, "headers of a request"},
	{"r *http.Request", `log.Printf("%+v", r)`, "request with its headers"},
	{"headers http.Header", `log.Print(headers)`, "headers of a request"},
	{"r *http.Request", `log.Print(r.Header.Get("Accept"), r.Header["Accept"], len(r.Header), r.Method, r.URL)`, ""},
	{"r *http.Request", `r.Header.Del("Authorization"); log.Print(r.Header)`, ""},
	{"r *http.Request", `for k, v := range r.Header { if k == "Authorization" { continue }; log.Print(v) }`, ""},
	{"r *http.Response", `log.Print(r.Header)`, ""},
	{"respHeaders http.Header", `log.Print(respHeaders)`, ""},
	{"r *http.Request, name string", `log.Print(r.Header[name])`, ""},
	{"r *http.Request", `showHeaders(r.Header)`, ""},
	{"r *http.Response", `showOthers(r.Header)`, ""},
	{"r *http.Request", `keep(copied(r.Header))`, ""},
	{"r *http.Response", `for _, v := range copied(r.Header) { log.Print(v) }`, ""},
	{"r *http.Response", `log.Print(r.Header.Get("Set-Cookie"))`, "header Set-Cookie"},
	{"r *http.Response", `b, _ := httputil.DumpResponse(r, true); log.Printf("%s", b)`, ""},
	{"r *http.Response", `q, _ := httputil.DumpRequest(r.Request, true); b, _ := httputil.DumpResponse(r, true); log.Printf("%d %s", len(q), b)`, ""},
	{"r *http.Request", `c, _ := r.Cookie("session_id"); log.Print(c.Value)`, "cookie session_id"},
	{"r *http.Request", `c, _ := r.Cookie("auth_token"); log.Print(c)`, "cookie auth_token"},
	{"r *http.Request", `for _, c := range r.Cookies() { log.Print(c.Value) }`, "cookie of the request"},
	{"r *http.Request", `log.Print(r.Cookies())`, "cookies of the request"},
	{"r *http.Request", `c, _ := r.Cookie("theme"); log.Print(c.Value)`, ""},
	{"r *http.Request", `for _, c := range r.Cookies() { log.Print(c.Name) }`, ""},
	{"r *http.Request", `for _, c := range r.Cookies() { if c.Name == "theme" { log.Print(c.Value) } }`, ""},

	{"", `log.Print(rk.D)`, "private key"},
	{"", `log.Print(rk.Primes)`, "private key"},
	{"", `log.Print(ek.D.Text(16))`, "private key"},
	{"", `log.Printf("%x", dk.Seed())`, "private key"},
	{"", `log.Printf("%x", hk.Bytes())`, "private key"},
	{"", `log.Print(rk.N, ek.X, dk.Public()); log.Printf("%x", hk.PublicKey().Bytes())`, ""},
	{"", `id, _ := tok.Extra("id_token").(string); log.Print(id)`, "element of a token id_token"},
	{"", `log.Print(tok.Extra("scope"))`, ""},
	{"", `var m map[string]string; json.Unmarshal([]byte(*sm.SecretString), &m); log.Print(m)`, "secret of AWS"},
	{"body []byte", `var m map[string]string; json.Unmarshal(body, &m); log.Print(m)`, ""},
	{"", `log.Print(vs.Data["password"])`, "secret of Vault under password"},

	{"", `log.Print(ex.APIKey)`, "field APIKey"},
	{"apiKey, apiSecret string", `log.Print(apiKey)`, "parameter apiKey"},
	{"", `log.Print(cl.AccessKey)`, ""},
	{"", `log.Print(lg.Bearer)`, "field Bearer"},

	{"", `log.Print(voc.EOSToken, voc.BOSToken, voc.PadToken, voc.UnkToken, ch.Token)`, ""},
	{"token string", `keep(fmt.Errorf("token %q not in vocabulary", token))`, ""},
	{"", `log.Print(os.Getenv("GOOGLE_APPLICATION_CREDENTIALS"), os.Getenv("XDG_SESSION_ID"), os.Getenv("JOB_SESSION_ID"))`, ""},
	{"", `credentials := os.Getenv("GOOGLE_APPLICATION_CREDENTIALS"); log.Print(credentials)`, ""},
}

func TestLogWhole(t *testing.T) {
	s := newSource("whole", wholeImports, wholeDecls)
	for _, st := range wholeStatements {
		want := st.want
		if want != "" {
			want += ".* (is|becomes)"
		}
		s.add(st.params, st.stmt, want)
	}
	for _, st := range streamStatements {
		want := st.want
		if want != "" {
			want = "(parameter|variable) password .*" + want
		}
		s.add("user, password string", st.stmt, want)
	}
	text := s.imported("sql.Open", "json.Marshal", "expvar.Get", "httputil.DumpResponse", "url.Parse", "attribute.String", "faults.CodeError{}", "filepath.Base", "slog.Info", "trace.WithAttributes", "cobra.Command{}")
	run(t, analyzer.CredLog, map[string]string{"whole/whole.go": text})
}

// streamStatements give a password, or what is none, to a sink that is known by more
// than its name; want is how it is said.
var streamStatements = []struct{ stmt, want string }{
	{`os.Stderr.WriteString(password)`, `by File.WriteString`},
	{`os.Stdout.Write([]byte(password))`, `by File.Write`},
	{`print("a", password)`, `by print`},
	{`println(password)`, `by println`},
	{`rw.Write([]byte(password))`, `sent to the client by ResponseWriter.Write`},
	{`f, _ := os.Create("x"); f.WriteString(password)`, ``},
	{`println(user); os.Stderr.WriteString(user); rw.Write([]byte(user))`, ``},
	{`log.New(os.Stderr, password, 0)`, `by log.New`},
	{`log.SetPrefix(password)`, `by log.SetPrefix`},
	{`log.New(os.Stderr, user, 0).SetPrefix(user)`, ``},
	{`expvar.Publish("c", expvar.Func(func() any { return password }))`, `by expvar.Publish`},
	{`expvar.Publish("c", expvar.Func(func() any { return user }))`, ``},
	{`vars.Add(password, 1)`, `by Map.Add`},
	{`vars.Add(user, 1)`, ``},
	{`ev.Fields(map[string]any{"a": password})`, `by Event.Fields`},
	{`ev.Fields([]any{"a", password})`, `by Event.Fields`},
	{`ev.Fields(map[string]any{"a": user})`, ``},
	{`ev.Any("a", hushed{user, password})`, ``},
	{`span.AddEvent("a", trace.WithAttributes(attribute.String("k", password)))`, `by Span.AddEvent`},
	{`tracer.Start(ctx, "a", trace.WithAttributes(attribute.String("k", password)))`, `by Tracer.Start`},
	{`tracer.Start(ctx, "a", trace.WithAttributes(attribute.String("k", user)))`, ``},
	{`enc.AddString("k", password)`, `by ObjectEncoder.AddString`},
	{`enc.AddString("password", user)`, ``},
	{`checked.Write(zap.String("k", password))`, `by CheckedEntry.Write`},
	{`checked.Write(zap.String("k", user))`, ``},
	{`fns.Logf("%s", password)`, `by Logf`},
	{`f := func(logf func(string, ...any), password string) { logf("%s", password) }; f(log.Printf, password)`, `by logf`},
	{`fns.Logf("%d", len(password)); fns.Notify(password)`, ``},
	{`prn.Printf("%s", password)`, `by Printer.Printf`},
	{`cmd.Printf("%s", password)`, `by Command.Printf`},
	{`cmd.PrintErrln(password)`, `by Command.PrintErrln`},
	{`cmd.Println(user)`, ``},
	{`keep(&faults.CodeError{Msg: "bad " + password})`, `part of an error by error CodeError`},
	{`keep(&faults.CodeError{Msg: "bad " + user, Host: password})`, ``},
	{`keep(WeakUserError{password, user})`, ``},
}

// TestAnswerDump checks that a dump of an answer is told of where nothing dumps the
// request, of which to tell is enough.
func TestAnswerDump(t *testing.T) {
	const text = `package %s

import (
	"log"
	"net/http"
	"net/http/httputil"
)

func loginAnswer(r *http.Response) {
	b, _ := httputil.DumpResponse(r, true)
	log.Printf("%%s", b)%s
}
`
	const request = "\nfunc size(r *http.Request) int {\n\tb, _ := httputil.DumpRequest(r, true)\n\treturn len(b)\n}\n"
	run(t, analyzer.CredLog, map[string]string{
		"alone/a.go":  fmt.Sprintf(text, "alone", " // want `response with its headers is written by log.Printf`"),
		"beside/a.go": fmt.Sprintf(text, "beside", "") + request,
	})
}

func TestLogAsked(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), analyzer.CredLog, "logs/asked", "logs/keygen")
}
