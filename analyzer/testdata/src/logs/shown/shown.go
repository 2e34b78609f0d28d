package logs

import (
	"encoding/json"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"corp/nosurf"

	"go.uber.org/zap"
)

// What is replaced, or written over in a copy, is hidden.

type loginConfig struct {
	User, Password string
}

func replaced(line, password, token string) {
	log.Print(strings.ReplaceAll(line, password, "***"))
	log.Print(strings.Replace(line, password, "", -1))
	log.Print(strings.TrimPrefix(line, password))
	log.Print(strings.ReplaceAll(password, "\n", ""))   // want `parameter password is written`
	log.Print(strings.ReplaceAll(line, "x", password))  // want `parameter password is written`
	log.Print(strings.TrimSuffix(password, "\n"), line) // want `parameter password is written`
	log.Print(strings.Split(token, ".")[2])             // want `parameter token is written`
	log.Print(strings.Split(token, ".")[1])
}

func copied(c loginConfig) {
	shown := c
	shown.Password = "***"
	log.Printf("%+v", shown)
	log.Printf("%+v", c) // want `field Password of logs.loginConfig is written`
}

func hideIt(s string) string { return s }

func cleanedText(s string) string { return s }

func hidden(password string) {
	log.Print(hideIt(password), cleanedText(password))
}

// A key over which a loop goes is the name of what stands under it.

func checkAll(m map[string]bool) {
	for apiKey, ok := range m {
		log.Print(apiKey, ok)
		checkOne(apiKey)
	}
}

func checkOne(apiKey string) { log.Print(apiKey) }

func checkEach(list []string) {
	for _, apiKey := range list {
		log.Print(apiKey) // want `variable apiKey is written`
	}
}

// What a function opens is a path where it is given, too.

func readAll(name string) ([]byte, error) { return os.ReadFile(name) }

func readTwice(name string) ([]byte, error) { return readAll(name) }

type keySettings struct{ PrivateKey, SigningKey string }

func (k keySettings) read() {
	readTwice(k.PrivateKey)
	log.Print(k.PrivateKey)
	log.Print(k.SigningKey) // want `field SigningKey is written`
}

func otherTokens(taskToken, leaseToken, ringToken, userToken string) {
	log.Print(taskToken, leaseToken, ringToken)
	slog.Info("a", "b", userToken) // want `parameter userToken is written`
}

func generateToken(token string) { fmt.Println(token) } // want `parameter token is written by fmt.Println`

// The names of headers come from a list: whoever masks them has the credentials
// among them.

func dumpListed(r *http.Request, names []string) {
	for _, name := range names {
		r.Header.Set(name, strings.Repeat("*", 8))
	}
	b, _ := httputil.DumpRequest(r, false)
	log.Print(string(b))
}

func dumpSet(r *http.Request, value string) {
	r.Header.Set("Authorization", value)
	b, _ := httputil.DumpRequest(r, false)
	log.Print(string(b)) // want `request with its headers is written`
}

func calledMasked(password, mask string) {
	masked := password[:2] + mask + password[6:]
	log.Print(masked)
	shown := password[:9] + mask
	log.Print(shown) // want `parameter password is written`
}

// The key under which something stands in a map is a name.

func entry(data map[string][]byte, tokens map[string]bool, secretKey, apiKey string) {
	if _, ok := data[secretKey]; !ok {
		log.Print("no ", secretKey)
	}
	if !tokens[apiKey] {
		log.Print("no ", apiKey) // want `parameter apiKey is written`
	}
}

// What a weak name holds, the name of where it comes from says.

type operation struct{ Text string }

func (operation) GetOperationToken() string { return "" }

func (operation) IssuedToken() string { return "" }

func verificationToken(user string) string { return user }

func fromOthers(o operation) {
	token := o.GetOperationToken()
	log.Print("a ", token)
	token2 := o.IssuedToken()
	log.Print("b ", token2) // want `result of IssuedToken is written`
	confirm(verificationToken("u"))
}

func confirm(token string) { log.Print("confirm ", token) }

// A variable is called what it is called first.

func userOrToken(user, password string, short bool) string {
	name := user + "@"
	log.Print(name)
	token := name
	if !short {
		token = password
	}
	log.Print(token) // want `variable token is written`
	return token
}

// An id is shown to everybody.

type order struct{ ID, Text string }

func newOrder(secret string) {
	o := order{ID: secret, Text: secret}
	log.Print("order ", o.ID)
	log.Print("order ", o.Text) // want `parameter secret is written`
}

type templateName string

var tplResetPassword = templateName("a")

type secretPassword string

func typed(resetPassword templateName, resetPassword2 secretPassword) {
	log.Print(resetPassword, tplResetPassword)
	log.Print(resetPassword2) // want `parameter resetPassword2 of type secretPassword is written`
}

// A type that has a text for logs of its own hides what it holds, and what takes
// a struct to fill it does not show it.

type quietUser struct{ Name, Password string }

func (quietUser) LogString() string { return "" }

type loudUser struct{ Name, Password string }

func fill(into any) { log.Print("loading ", into) }

func logUser(u any) { log.Print(u) }

func users(q quietUser, l loudUser) {
	logUser(q)
	logUser(l) // want `field Password of logs.loudUser is written by logUser`
	fill(l)
	log.Print(q) // want `field Password of logs.quietUser is written`
	log.Print(l) // want `field Password of logs.loudUser is written`
}

func asserted(v any) error {
	c, ok := v.(*loginConfig)
	if !ok {
		return fmt.Errorf("wrong type %v", c)
	}
	return fmt.Errorf("wrong config %v", c) // want `field Password of \*logs.loginConfig becomes part of an error`
}

// What comes later is not in what was shown before.

type pageRequest struct{ URL string }

func later(r *pageRequest, password string) {
	if r.URL == "" {
		log.Print("bad ", r.URL)
		return
	}
	r.URL = "https://app.test/?p=" + password
	if len(r.URL) > 9 {
		log.Print("long ", r.URL) // want `parameter password is written`
	}
}

// Parts of a connection string are mostly settings; those of a header are not.

func connections(connectionString, authorization string) error {
	for _, pair := range strings.Split(connectionString, ";") {
		k, v, ok := strings.Cut(pair, "=")
		if !ok {
			return fmt.Errorf("bad setting %s", k)
		}
		log.Print(k, v)
	}
	log.Print(strings.Split(authorization, " ")[1])      // want `parameter authorization is written`
	return fmt.Errorf("bad string %s", connectionString) // want `parameter connectionString becomes part of an error`
}

func directories(name string) {
	pwd, err := filepath.Abs(name)
	log.Print(pwd, err)
	privateKey := filepath.Join(pwd, "key")
	log.Print(privateKey)
}

// What stands in for something makes up what it is given.

type fakeLogin struct{ user string }

func (f fakeLogin) login(password string) { log.Print(password) }

func dummyValidate(token string) error { return fmt.Errorf("no token %s", token) }

func validateLogin(token string) error { return fmt.Errorf("no token %s", token) } // want `parameter token becomes part of an error`

// Sessions of what is no login.

func transfer(sessionID string) { log.Print(sessionID) }

func handle(w http.ResponseWriter, sessionID string) { log.Print(sessionID) } // want `parameter sessionID is written`

// A token that is shown as numbers is a part of some protocol, and so is one of
// a type that says so.

type resumeToken string

func protocols(token, password string, resume resumeToken) {
	log.Printf("token %x", token)
	log.Printf("token %s", token)       // want `parameter token is written`
	log.Printf("password %x", password) // want `parameter password is written`
	sessionToken := resume
	log.Print(sessionToken)
}

// What fills the path of a resource is its name; what follows a key is not.

func paths(base, sessionID, accessToken string, short bool) {
	path := strings.Replace(base+"/sessions/{sessionId}", "{sessionId}", sessionID, -1)
	http.Get(path)
	query := url.Values{}
	query.Set("oauth_token", flagText(short))
	http.Get(base + query.Encode())
}

func flagText(v any) string { return fmt.Sprint(v) }

// Who wants to see what is masked has asked for it.

func maskedUnlessAsked(password string, show bool) {
	text := password
	if !show {
		text = hideIt(text)
	}
	log.Print(text)
}

type session struct{ Token string }

func challenged(s session, token string) {
	log.Printf("added the challenge for token %q", s.Token)
	log.Printf("added the login for token %q", s.Token) // want `field Token is written`
	id := operation{}.GetOperationToken()
	if id == "" {
		id = operation{}.Text
	}
	token = id
	log.Print(token)
}

// What JSON leaves out is not shown as JSON.

type storeConfig struct {
	Host     string
	Password string `json:"-"`
}

func stores(c storeConfig, l loginConfig, zl *zap.Logger) {
	zl.Info("a", zap.Any("config", c))
	zl.Info("a", zap.Any("config", l)) // want `field Password of logs.loginConfig is written`
	b, _ := json.Marshal(c)
	log.Print(string(b))
	log.Printf("%v", c) // want `field Password of logs.storeConfig is written`
}

// A key beside the value of the same name is the name of that, also where it stands
// alone; see package store.

type secretEntry struct{ SecretKey, SecretValue string }

type secretOnly struct{ SecretKey string }

func entries(e secretEntry, o secretOnly) {
	log.Print("set ", e.SecretKey)
	log.Print("get ", o.SecretKey)
}

func pageToken() { log.Print(nosurf.Token("a")) }

func loginToken() { log.Print(issueToken("a")) } // want `result of issueToken is written`

func issueToken(user string) string { return os.Getenv(user) }

func fromHeader(r *http.Request) {
	token := r.Header.Get("X-Csrf-Token")
	log.Print("form ", token)
	token2 := r.Header.Get("X-Auth-Token")
	log.Print("login ", token2) // want `header X-Auth-Token is written`
}

func classifySecret(text string) string { return text + "a" }

func classes(text string) { log.Print(classifySecret(text)) }

// What callers give as a constant is a name; and nobody has set what is not set.

func keyFrom(apiKey string) error { return fmt.Errorf("no header %s", apiKey) }

func keyOrFrom(apiKey string) error { return fmt.Errorf("no header %s", apiKey) } // want `parameter apiKey becomes part of an error`

func keysFrom(given string) {
	log.Print(keyFrom("X-Api-Key"), keyFrom("X-Other-Key"))
	log.Print(keyOrFrom("X-Api-Key"), keyOrFrom(given))
}

func unset(name, password string) {
	c := loginConfig{User: name}
	log.Print(c)
	d := loginConfig{User: name, Password: password}
	log.Print(d) // want `field Password of logs.loginConfig is written`
}

func loginCredentials(kind string) (string, string) { return kind + "1", os.Getenv(kind) }

func logins() {
	name, text := loginCredentials("a")
	log.Print(name, len(text))
}
