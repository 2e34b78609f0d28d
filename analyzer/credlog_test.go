package analyzer_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/keysift/keysift/analyzer"
)

const logImports = `"context" "errors" "expvar" "fmt" "io" "log" "log/slog" "net/http" "os" "strconv" "testing"
	"go.uber.org/zap" "github.com/rs/zerolog" "github.com/sirupsen/logrus" "github.com/go-logr/logr" "github.com/hashicorp/go-hclog" "k8s.io/klog/v2"
	"github.com/golang/glog" "github.com/prometheus/client_golang/prometheus" "go.opentelemetry.io/otel/attribute" "go.opentelemetry.io/otel/trace" "wrap"`

const logDecls = `
import (
	apex "github.com/apex/log"
	charm "github.com/charmbracelet/log"
	kit "github.com/go-kit/log"
	pkgerrors "github.com/pkg/errors"
	"google.golang.org/grpc/status"
)

type Logger interface {
	Debug(args ...any)
	Infof(format string, args ...any)
}

type auditLogger struct{}

func (auditLogger) Warn(msg string) {}
func (auditLogger) Errorw(msg string, kv ...any) {}

var (
	ctx   = context.Background()
	std   *log.Logger
	sl    *slog.Logger
	zl    *zap.Logger
	sugar *zap.SugaredLogger
	zero  zerolog.Logger
	entry *logrus.Entry
	lr    logr.Logger
	hc    hclog.Logger
	own   Logger
	audit auditLogger
	kl    kit.Logger
	vec   *prometheus.CounterVec
	span  trace.Span
	pub   expvar.String
	errX  error
	sink  wrap.Sink
)

func mask(s string) string { return "***" }

func local(args ...any) { log.Println(args...) }

func keep(any) {}
`

// logStatements are statements that write their argument, %s.
var logStatements = []string{
	`log.Print(%s)`, `log.Println("a", %s)`, `log.Printf("%%s", %s)`, `log.Printf("%%d %%q", 1, %s)`, `log.Fatal(%s)`, `log.Fatalf("%%v", %s)`, `log.Panic(%s)`, `log.Output(1, %s)`,
	`std.Print(%s)`, `std.Printf("a %%x", %s)`, `std.Fatalln(%s)`,
	`slog.Info(%s)`, `slog.Info("m", "k", %s)`, `slog.Error("m", "k", %s)`, `slog.WarnContext(ctx, "m", "k", %s)`, `slog.Info("m", slog.String("k", %s))`,
	`slog.Info("m", slog.Any("k", %s))`, `slog.Info("m", slog.Group("g", slog.String("k", %s)))`, `slog.LogAttrs(ctx, slog.LevelInfo, "m", slog.String("k", %s))`,
	`sl.Debug("m", "k", %s)`, `sl.With("k", %s)`, `sl.Log(ctx, slog.LevelInfo, "m", "k", %s)`,
	`zl.Info(%s)`, `zl.Info("m", zap.String("k", %s))`, `zl.Error("m", zap.Int("n", 1), zap.Any("k", %s))`, `zl.With(zap.ByteString("k", []byte(%s)))`,
	`sugar.Debugw("m", "k", %s)`, `sugar.Infow("m", "k", %s)`, `sugar.Errorf("a %%s", %s)`, `sugar.Warnln(%s)`, `sugar.With("k", %s)`,
	`zero.Info().Str("k", %s).Msg("m")`, `zero.Info().Interface("k", %s).Msg("m")`, `zero.Info().Bytes("k", []byte(%s)).Msg("m")`, `zero.Info().Msgf("%%s", %s)`, `zero.Info().Msg(%s)`, `zero.With().Str("k", %s).Logger()`,
	`logrus.Info(%s)`, `logrus.Debugf("%%s", %s)`, `logrus.WithField("k", %s)`, `logrus.WithFields(logrus.Fields{"k": %s})`, `entry.Info(%s)`, `entry.Errorf("%%s", %s)`, `entry.WithField("k", %s).Info("m")`,
	`lr.Info("m", "k", %s)`, `lr.Error(errX, "m", "k", %s)`, `lr.WithValues("k", %s)`, `hc.Debug("m", "k", %s)`, `hc.Error(%s)`, `hc.With("k", %s)`,
	`klog.Info(%s)`, `klog.Infof("%%s", %s)`, `klog.InfoS("m", "k", %s)`, `klog.ErrorS(errX, "m", "k", %s)`, `klog.V(2).Infof("%%s", %s)`, `klog.V(2).InfoS("m", "k", %s)`,
	`glog.Warningf("%%s", %s)`, `glog.Errorln(%s)`, `charm.Info("m", "k", %s)`, `charm.Errorf("%%s", %s)`, `apex.WithField("k", %s)`, `apex.Info(%s)`, `kl.Log("k", %s)`, `kit.With(kl, "k", %s)`,
	`fmt.Print(%s)`, `fmt.Println(%s)`, `fmt.Printf("%%s", %s)`, `fmt.Fprintln(os.Stderr, %s)`, `fmt.Fprintf(os.Stdout, "%%s", %s)`, `io.WriteString(os.Stdout, %s)`,
	`keep(fmt.Errorf("bad %%q", %s))`, `keep(errors.New("bad " + %s))`, `keep(pkgerrors.Wrap(errX, %s))`, `keep(pkgerrors.Errorf("%%s", %s))`, `keep(pkgerrors.Wrapf(errX, "%%s", %s))`, `keep(status.Error(1, %s))`, `keep(status.Errorf(1, "%%s", %s))`,
	`panic(%s)`, `panic("no " + %s)`, `panic(fmt.Sprintf("no %%s", %s))`, `pub.Set(%s)`, `vec.WithLabelValues("a", %s)`, `span.SetAttributes(attribute.String("k", %s))`,
	`own.Debug(%s)`, `own.Infof("%%s", %s)`, `audit.Warn(%s)`, `audit.Errorw("m", "k", %s)`, `local("a", %s)`,
	`wrap.Logf("%%s", %s)`, `wrap.Note(%s)`, `wrap.Deep(%s)`, `keep(wrap.Fail(%s))`, `sink.Put(%s)`, `log.Print(wrap.Quote(%s))`,
	`defer log.Print(%s)`, `go log.Print(%s)`,
}

// harmless are expressions that show nothing of a parameter called password.
var harmless = []string{`user`, `mask(password)`, `strconv.Itoa(len(password))`, `wrap.Digest(password)`, `password[:2]`}

func TestLogSinks(t *testing.T) {
	s := newSource("sinks", logImports, logDecls)
	for i, stmt := range logStatements {
		s.add("user, password string", fmt.Sprintf(stmt, "password"), "parameter password (is|becomes)")
		s.add("user, password string", fmt.Sprintf(stmt, harmless[i%len(harmless)]), "")
		s.add("user, password string", fmt.Sprintf(stmt, harmless[(i+2)%len(harmless)]), "")
	}
	text := s.imported("errors.New", "http.Get", "strconv.Itoa", "expvar.Get", "testing.Short", "glog.Errorln", "io.EOF", "fmt.Sprint", "os.Args", "attribute.String", "status.Error", "pkgerrors.New", "apex.Info", "charm.Info", "klog.Info")
	run(t, analyzer.CredLog, map[string]string{"sinks/sinks.go": text})
}

const sourceImports = `"bufio" "bytes" "context" "crypto/rsa" "encoding/base64" "encoding/json" "errors" "fmt" "log" "net/http" "net/http/httputil" "net/url" "os" "path" "regexp" "strconv" "strings"
	"golang.org/x/oauth2" "golang.org/x/term" "github.com/gin-gonic/gin" "github.com/spf13/viper" "github.com/aws/aws-sdk-go-v2/service/secretsmanager" "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/hashicorp/vault/api" "wrap"`

const sourceDecls = `
import v1 "k8s.io/api/core/v1"

type config struct {
	User, Host  string
	Password    string
	APIKey      []byte
	PasswordSet bool
	TokenURL    string
	Pin         string ` + "`secret:\"true\"`" + `
	inner       nested
}

type nested struct{ ClientSecret string }

type keyPair struct{ AccessKey, SecretKey string }

type plain struct {
	User       string
	SecretName string
}

type hidden struct{ Password string }

func (hidden) String() string { return "hidden" }

type Secret string

type masked string

func (masked) LogValue() string { return "***" }

type Token struct {
	Kind int
	Text string
}

var (
	cfg      config
	pairOf   keyPair
	patterns []*regexp.Regexp
	pcfg     *config
	cfgs     []config
	pl       plain
	hid      hidden
	sec      Secret
	globalPassword string
	version  string
	req      *http.Request
	u        *url.URL
	tok      *oauth2.Token
	gc       *gin.Context
	sm       *secretsmanager.GetSecretValueOutput
	vs       *api.Secret
	vc       *api.Client
	ks       *v1.Secret
	rsaKey   *rsa.PrivateKey
	rsaPub   *rsa.PublicKey
	byName   map[string]string
	scanner  *bufio.Scanner
	ctx      = context.Background()
)

type ctxKey struct{}

func readPassword() (string, error) { return "", nil }
func GetAPIKey() string { return version }
func readToken() string { return version }
func hashPassword(p string) string { return "" }
func validateToken(t string) string { return t }
func tokenType() string { return "" }
func choose(a, b string) string { return a }
func second(a, b string) string { return b }
func fromEnv() string { return os.Getenv("API_KEY") }
func region() string { return os.Getenv("REGION") }
func sitePrivateKey(site string) string { return path.Join("keys", site) }
func signingKey(site string) string { return site + path.Join("keys", site) }
func generic[T ~string](password T) T { return password }
func pair() (string, string) { return os.Getenv("HOME"), os.Getenv("SMTP_PASSWORD") }
func each(f func(string), s string) { f(s) }
`

// sourceStatements print a secret; want is part of how it is called.
var sourceStatements = []struct{ stmt, want string }{
	{`log.Print(os.Getenv("GITHUB_TOKEN"))`, "environment variable GITHUB_TOKEN"},
	{`v, _ := os.LookupEnv("DB_PASSWORD"); log.Print(v)`, "environment variable DB_PASSWORD"},
	{`log.Print(viper.GetString("db.password"))`, "setting db.password"},
	{`log.Print(req.Header.Get("Authorization"))`, "header Authorization"},
	{`log.Print(req.Header.Get("X-Api-Key"))`, "header X-Api-Key"},
	{`log.Print(req.Header["Authorization"])`, "header Authorization"},
	{`log.Print(req.FormValue("password"))`, "form value password"},
	{`log.Print(req.PostFormValue("passwd"))`, "form value passwd"},
	{`log.Print(req.URL.Query().Get("access_token"))`, "form value access_token"},
	{`log.Print(gc.GetHeader("Authorization"))`, "header|request value"},
	{`log.Print(gc.PostForm("password"))`, "request value password"},
	{`_, p, _ := req.BasicAuth(); log.Print(p)`, "password of the request"},
	{`p, _ := u.User.Password(); log.Print(p)`, "password of a URL"},
	{`b, _ := term.ReadPassword(0); log.Printf("%s", b)`, "password that was typed"},
	{`b, _ := httputil.DumpRequest(req, true); log.Printf("%s", b)`, "request with its headers"},
	{`r, _ := http.NewRequest("GET", "/", nil); r.Header.Set("X-Api-Key", cfg.User); b, _ := httputil.DumpRequestOut(r, true); log.Printf("%s", b)`, "request with its headers"},
	{`r := req.Clone(ctx); r.Header = req.Header; b, _ := httputil.DumpRequest(r, true); log.Printf("%s", b)`, "request with its headers"},
	{`log.Print(pairOf.SecretKey)`, "field SecretKey"},
	{`log.Print(tok.AccessToken)`, "access token"},
	{`log.Print(tok.RefreshToken)`, "refresh token"},
	{`log.Print(*sm.SecretString)`, "secret of AWS"},
	{`log.Print(aws.ToString(sm.SecretString))`, "secret of AWS"},
	{`log.Print(vs.Data["x"])`, "secret of Vault"},
	{`log.Print(vs.Data["value"])`, "secret of Vault"},
	{`log.Print(vs.Data["tls.key"])`, "secret of Vault"},
	{`log.Print(vs.Data["url"])`, "secret of Vault"},
	{`log.Print(vs.Data["database_url"])`, "secret of Vault"},
	{`key := version; log.Print(vs.Data[key])`, "secret of Vault"},
	{`log.Print(vs.Data)`, "secret of Vault"},
	{`s, ok := vs.Data["value"].(string); if ok { log.Print(s) }`, "secret of Vault"},
	{`s, ok := vs.Data["value"].(string); log.Print(s, ok)`, "secret of Vault"},
	{`log.Print(signingKey(version))`, "result of signingKey"},
	{`log.Print(generic(cfg.Password))`, "parameter password"},
	{`log.Print(vc.Token())`, "token of Vault"},
	{`log.Printf("%s", ks.Data["x"])`, "Kubernetes secret"},
	{`log.Printf("%s", ks.Data["tls.key"])`, "Kubernetes secret"},
	{`log.Printf("%v", ks.StringData)`, "Kubernetes secret"},
	{`log.Printf("%v", ks)`, "field Data"},
	{`log.Printf("%v", *ks)`, "field Data"},
	{`log.Print(cfg.Password)`, "field Password"},
	{`log.Printf("%s", pcfg.APIKey)`, "field APIKey"},
	{`log.Print(cfg.inner.ClientSecret)`, "field ClientSecret"},
	{`log.Print(cfg.Pin)`, "field Pin"},
	{`log.Print(cfg)`, "field Password of"},
	{`log.Printf("%+v", pcfg)`, "field Password of"},
	{`log.Printf("%#v", &cfg)`, "field Password of"},
	{`log.Printf("%v", cfgs)`, "field Password of"},
	{`b, _ := json.Marshal(cfg); log.Printf("%s", b)`, "field Password of"},
	{`log.Print(globalPassword)`, "variable globalPassword"},
	{`log.Print(sec)`, "of type Secret"},
	{`log.Print(string(sec))`, "of type Secret"},
	{`log.Print(rsaKey)`, "private key"},
	{`log.Printf("%+v", *rsaKey)`, "private key"},
	{`log.Print(byName["api_key"])`, "element api_key"},
	{`password, _ := scanner.Text(), 0; log.Print("x" + password + cfg.Password)`, "field Password|variable"},
	{`p, _ := readPassword(); log.Print(p)`, "result of readPassword"},
	{`log.Print(GetAPIKey())`, "result of GetAPIKey"},
	{`log.Print(fromEnv())`, "environment variable API_KEY"},
	{`_, p := pair(); log.Print(p)`, "environment variable SMTP_PASSWORD"},
	{`log.Print(wrap.FromEnv())`, "environment variable DB_PASSWORD"},
	{`log.Print(choose(cfg.Password, "b"))`, "field Password"},
	{`log.Print(wrap.Quote(cfg.Password))`, "field Password"},
	{`log.Print(validateToken(cfg.User), validateToken("a") + cfg.Password)`, "field Password"},
	{`apiKey := choose(version, "x"); log.Print(apiKey)`, "variable apiKey"},
	{`x := cfg.Password; y := strings.TrimSpace(x); z := "p=" + y; log.Print(z)`, "field Password"},
	{`x := base64.StdEncoding.EncodeToString([]byte(cfg.Password)); log.Print(x)`, "field Password"},
	{`var b strings.Builder; b.WriteString(cfg.Password); log.Print(b.String())`, "field Password"},
	{`var b bytes.Buffer; fmt.Fprintf(&b, "%s", cfg.Password); log.Print(b.String())`, "field Password"},
	{`m := map[string]string{"x": cfg.Password}; log.Print(m)`, "field Password"},
	{`m := map[string]string{"x": cfg.Password}; log.Print(m["x"])`, "field Password"},
	{`s := []string{"a", cfg.Password}; log.Print(s)`, "field Password"},
	{`s := append([]string{"a"}, cfg.Password); log.Print(strings.Join(s, ","))`, "field Password"},
	{`ch := make(chan string, 1); ch <- cfg.Password; log.Print(<-ch)`, "field Password"},
	{`p := plain{User: cfg.Password}; log.Print(p.User)`, "field Password"},
	{`p := &plain{}; p.User = cfg.Password; log.Print(p.User)`, "field Password"},
	{`x := cfg.Password; func() { log.Print(x) }()`, "field Password"},
	{`x := cfg.Password; f := func(s string) { log.Print(s) }; f(x)`, "field Password"},
	{`f := log.Print; f(cfg.Password)`, "field Password"},
	{`var x any = cfg.Password; log.Print(x)`, "field Password"},
	{`var x any = cfg.Password; s, _ := x.(string); log.Print(s)`, "field Password"},
	{`c := context.WithValue(ctx, ctxKey{}, cfg.Password); log.Print(c.Value(ctxKey{}))`, "field Password"},
	{`x := "none"; if version != "" { x = cfg.Password }; log.Print(x)`, "field Password"},
	{`for _, c := range cfgs { log.Print(c.Password) }`, "field Password"},
	{`log.Print(fmt.Sprintf("%s:%s", cfg.User, cfg.Password))`, "field Password"},
	{`b := []byte(cfg.Password); log.Printf("%x", b[2:])`, "field Password"},
	{`log.Printf("%.20s", cfg.Password)`, "field Password|want none"},
	{`defer func() { log.Print(cfg.Password) }()`, "field Password"},
	{`f := func(password string) { n, _ := strconv.Atoi(password); log.Print(password, n) }; f(version)`, "password"},
}

// quietStatements print something that is about a secret, and not the secret.
var quietStatements = []string{
	`log.Print(os.Getenv("HOME"))`, `log.Print(os.Getenv("TOKEN_FILE"))`, `log.Print(os.Getenv("AWS_ACCESS_KEY_ID"))`, `v, _ := os.LookupEnv("PASSWORD_FILE"); log.Print(v)`,
	`_, ok := os.LookupEnv("DB_PASSWORD"); log.Print(ok)`, `log.Print(viper.GetString("db.host"))`, `log.Print(req.Header.Get("User-Agent"))`, `log.Print(req.Header["Accept"])`,
	`log.Print(req.FormValue("username"))`, `log.Print(req.URL.Query().Get("page"))`, `log.Print(gc.GetHeader("Accept"))`, `user, _, _ := req.BasicAuth(); log.Print(user)`,
	`_, _, ok := req.BasicAuth(); log.Print(ok)`, `log.Print(u.User.Username())`, `log.Print(u.Redacted())`, `log.Print(u.Host)`, `log.Print(tok.TokenType)`, `log.Print(*sm.ARN)`,
	`log.Print(vs.LeaseID)`, `log.Print(ks.Name)`, `log.Print(len(ks.Data))`, `log.Print(cfg.User)`, `log.Print(cfg.PasswordSet)`, `log.Print(cfg.TokenURL)`, `log.Print(pl)`, `log.Printf("%+v", pl)`,
	`log.Print(hid)`, `log.Print(masked(cfg.Password))`, `log.Print(version)`, `log.Print(rsaPub)`, `log.Print(byName["user"])`, `for k := range byName { log.Print(k) }`,
	`log.Print(hashPassword(cfg.Password))`, `log.Print(tokenType())`, `log.Print(region())`, `log.Print(wrap.Region())`, `log.Print(wrap.Digest(cfg.Password))`, `log.Print(wrap.Quiet(cfg.Password))`,
	`h, _ := pair(); log.Print(h)`, `log.Print(second(cfg.Password, "b"))`, `log.Print(cfg.Password == "")`, `log.Print(cfg.Password != version)`, `log.Print(len(cfg.Password))`, `log.Print(cap(cfg.APIKey))`,
	`log.Print(strings.Contains(cfg.Password, "x"))`, `log.Print(strings.Count(cfg.Password, "x"))`, `log.Print(strings.HasPrefix(cfg.Password, "x"))`, `log.Print(cfg.Password[:3])`,
	`log.Print(cfg.Password[len(cfg.Password)-4:])`, `log.Printf("%T", cfg.Password)`, `log.Printf("%.3s", cfg.Password)`, `log.Printf("%p", pcfg)`, `log.Printf("%d", len(cfg.APIKey))`,
	`x := cfg.Password; x = "none"; log.Print(x)`, `password := hashPassword(version); log.Print(password)`, `token := "none"; log.Print(token)`,
	`for _, token := range strings.Split(version, ",") { log.Print(token) }`, `for _, token := range strings.Fields(version) { log.Print(token) }`, `token := scanner.Text(); log.Print(token)`,
	`var t Token; log.Print(t.Text)`, `var t Token; log.Print(t)`, `tokens := 3; log.Print(tokens)`, `token := Token{}; log.Print(token)`, `passwordFile := version; log.Print(passwordFile)`,
	`secretName := pl.SecretName; log.Print(secretName)`, `tokenType := version; log.Print(tokenType)`, `nextPageToken := version; log.Print(nextPageToken)`, `publicKey := version; log.Print(publicKey)`,
	`passwordHash := version; log.Print(passwordHash)`, `keyID := version; log.Print(keyID)`, `hasToken := cfg.Password != ""; log.Print(hasToken)`, `b := hid; log.Printf("%s", b)`,
	`ch := make(chan string, 1); ch <- cfg.User; log.Print(<-ch)`, `p := plain{User: cfg.User}; p.SecretName = cfg.Password; log.Print(p.User)`, `m := map[string]string{"a": cfg.Password, "b": "x"}; log.Print(m["b"])`,
	`m := map[string]int{"password": 3}; log.Print(m["password"])`, `err := errors.New("bad password"); log.Print(err)`, `log.Print("password:", cfg.User)`, `log.Printf("token %d", 3)`,
	`fmt.Fprintf(&bytes.Buffer{}, "%s", cfg.Password)`, `_ = fmt.Sprintf("%s", cfg.Password)`, `var b strings.Builder; b.WriteString(cfg.User); log.Print(b.String())`, `each(func(string) {}, cfg.Password)`,
	`pwd, _ := os.Getwd(); log.Print(pwd)`, `log.Print(os.Getenv("PWD"))`, `log.Print(readToken())`,
	`log.Print(vs.Data["username"], vs.Data["lease_id"], vs.Data["policies"], vs.Data["metadata"])`, `log.Print(vs.Data["reload_id"])`,
	`s, ok := vs.Data["value"].(string); if !ok { log.Print(s) }`, `s, ok := byName["password"]; if !ok { log.Print(s) }`, `log.Print(sitePrivateKey(version))`,
	`v, _ := url.Parse(cfg.inner.ClientSecret); log.Print(v.Host, v.Scheme)`, `showSecrets := version; log.Print(showSecrets)`, `keyAuthorization := version; log.Print(keyAuthorization)`,
	`log.Print(pairOf.AccessKey)`, `b, _ := httputil.DumpRequest(req, true); for _, re := range patterns { b = re.ReplaceAll(b, nil) }; log.Printf("%s", b)`,
	`r := req.Clone(ctx); r.Header = http.Header{}; b, _ := httputil.DumpRequest(r, true); log.Printf("%s", b)`,
	`r := req.Clone(ctx); r.Header.Del("Authorization"); b, _ := httputil.DumpRequest(r, true); log.Printf("%s", b)`,
	`r := req.Clone(ctx); f := func() { b, _ := httputil.DumpRequest(r, true); log.Printf("%s", b) }; r.Header.Set("Authorization", patterns[0].ReplaceAllString(r.Header.Get("Authorization"), "x")); f(); r = nil`,
	`r, _ := http.NewRequest("GET", "/", nil); r.Header.Set("X-Api-Key", "none"); b, _ := httputil.DumpRequestOut(r, true); log.Printf("%s", b)`,
	`log.Printf("%s %s", ks.Data["tls.crt"], ks.Data["ca.crt"])`,
	`var e error; log.Print(e)`, `var c config; c.User = "x"; log.Print(c.User)`,
}

func TestLogSources(t *testing.T) {
	s := newSource("sources", sourceImports, sourceDecls)
	for _, st := range sourceStatements {
		want := st.want + ".* (is|becomes)"
		if strings.Contains(st.want, "|") {
			want = "(" + st.want + ").* (is|becomes)"
		}
		s.add("", st.stmt, want)
	}
	for _, stmt := range quietStatements {
		s.add("", stmt, "")
	}
	text := s.imported("errors.New", "bytes.NewReader", "oauth2.Token{}", "json.Marshal", "base64.StdEncoding", "url.Parse", "rsa.PublicKey{}", "ctxKey{}")
	run(t, analyzer.CredLog, map[string]string{"sources/sources.go": text})
}

func TestLogPackages(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), analyzer.CredLog, "logs", "logs/evidence", "logs/shown", "logs/context", "logs/metamock", "logs/cmd/get-token", "logs/examples/signin", "logs/parser", "logs/acme", "logs/remote", "logs/somekms", "logs/remotetest", "logs/cmd/app", "logs/chat", "logs/login", "logs/store", "logs/challenges", "logs/cluster")
}
