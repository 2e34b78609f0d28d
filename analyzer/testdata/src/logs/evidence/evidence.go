package logs

import (
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// What a token or a secret is, its owner says.

type session struct {
	Token  string
	Secret string
	Key    string `json:"key"`
}

type pageIterator struct{ Token string }

type tokenChallenge struct{ Token string }

type secretRef struct{ Secret string }

type mount struct {
	Secret string `json:"secretName"`
	Token  string `json:"token,omitempty"`
}

func owners(s session, p *pageIterator, c *tokenChallenge, r secretRef, m mount) {
	log.Print(s.Token)  // want `field Token is written by log.Print`
	log.Print(s.Secret) // want `field Secret is written by log.Print`
	log.Print(p.Token)
	log.Print(c.Token)
	log.Print(r.Secret)
	log.Print(m.Secret)
	log.Println("token", m.Token) // want `field Token is written by log.Println`
}

type wordParser struct{ pos int }

func (p *wordParser) fail(token string) error { return fmt.Errorf("unexpected %q", token) }

func (s *session) fail(token string) error { return fmt.Errorf("invalid token %q", token) } // want `parameter token becomes part of an error`

// The public half of a pair is no secret.

type keys struct{ AppKey, AppSecret string }

type onlyKey struct{ AppKey string }

type licence struct{ ConsumerKey, Secret string }

func halves(k keys, o onlyKey, l licence, accessKey, secretKey string) {
	log.Print(k.AppKey)
	log.Print(k.AppSecret) // want `field AppSecret is written`
	log.Println(o.AppKey)  // want `field AppKey is written`
	log.Print(l.ConsumerKey)
	log.Print(accessKey)
	log.Print(secretKey) // want `parameter secretKey is written`
}

func wholeKey(accessKey string) { log.Print(accessKey) }

// What is opened is the path of a file.

type files struct{ PrivateKey, SigningKey string }

var tlsPrivateKey string

func (f *files) load() error {
	if _, err := os.ReadFile(f.PrivateKey); err != nil {
		return fmt.Errorf("no key in %s", f.PrivateKey)
	}
	if _, err := os.Stat(tlsPrivateKey); err != nil {
		return fmt.Errorf("no key in %s", tlsPrivateKey)
	}
	return fmt.Errorf("bad key %s", f.SigningKey) // want `field SigningKey becomes part of an error`
}

func open(credentials, pwd string) error {
	if _, err := os.Open(credentials); err != nil {
		return errors.New("no file " + credentials)
	}
	log.Print(pwd, filepath.Join(pwd, "x"))
	return nil
}

func unopened(credentials string) error {
	return errors.New("bad credentials " + credentials) // want `parameter credentials becomes part of an error`
}

// What is called so elsewhere is the name of a thing.

type object struct{ Name, Text string }

func lookUp(name string) error { return nil }

func things(o object, secret, token string) {
	credential := o.Name
	log.Print(credential)
	creds := o.Text
	log.Print("creds: ", creds) // want `variable creds is written`
	lookUp(secret)
	log.Print(secret)
	log.Print("token: " + token) // want `parameter token is written`
}

func missing(secret, token string) error {
	if token == "" {
		return fmt.Errorf("secret %q not found", secret)
	}
	if token == "x" {
		return fmt.Errorf("secret %q refused", secret) // want `parameter secret becomes part of an error`
	}
	return fmt.Errorf("token %q not found", token) // want `parameter token becomes part of an error`
}

// What a call returned with an error is empty.

func readKey() (*rsa.PrivateKey, error) { return nil, nil }

func failing() error {
	key, err := readKey()
	if err != nil {
		return fmt.Errorf("reading %v: %w", key, err)
	}
	password, err := readSecret()
	if err == nil {
		log.Print(password) // want `variable password is written|result of readSecret is written`
	} else {
		log.Println(password)
	}
	return fmt.Errorf("key %v", key) // want `private key of type`
}

func readSecret() (string, error) { return os.Getenv("HOME"), nil }

// A function that is named for showing a secret shows it.

func printToken(token string) { fmt.Println(token) }

func printUser(user, token string) { fmt.Println("token of", user, token) } // want `parameter token is written by fmt.Println`

func showPassword(password string) { log.Print(password) } // want `parameter password is written by log.Print`

// A token that is requested as a whole is an address.

func request(token string, s session) {
	http.Get(token)
	if u, err := url.Parse(s.Secret); err == nil {
		http.Get(u.String())
	}
	http.Get("https://api.corp.test/?t=" + token)
	log.Println(s.Token) // want `field Token is written`
}

// What is printed as a whole is what the program was asked for; a log is not.

type reply struct{ AccessToken string }

func answerWith(r reply) {
	b, _ := json.Marshal(r)
	fmt.Println(string(b))
	log.Println(string(b)) // want `field AccessToken of logs.reply is written by log.Println`
	fmt.Println("got", r)  // want `field AccessToken of logs.reply is written by fmt.Println`
}

// A dump of which somebody looks through the headers is clean.

func dumpMasked(r *http.Request) {
	b, _ := httputil.DumpRequest(r, false)
	lines := strings.Split(string(b), "\r\n")
	for i, line := range lines {
		name, _, _ := strings.Cut(line, ":")
		if name == "Authorization" {
			lines[i] = name + ": *"
		}
	}
	log.Print(strings.Join(lines, "\n"))
}

func dumpWhole(r *http.Request) {
	b, _ := httputil.DumpRequest(r, false)
	lines := strings.Split(string(b), "\r\n")
	if lines[0] == "GET" {
		return
	}
	log.Print(strings.Join(lines, "\n")) // want `request with its headers is written`
}

// A mask says what was left out.

func masks(rawToken string) {
	parts := strings.Split(rawToken, ".")
	loggedToken := "invalid"
	if len(parts) == 3 {
		loggedToken = fmt.Sprintf("%s.%s.xxxxx", parts[0], parts[1])
	}
	log.Print(loggedToken)
	log.Print("token ***" + rawToken[:3])
	log.Print(fmt.Sprintf("token %s.%s", rawToken, "x")) // want `parameter rawToken is written`
}

// Other tokens are no credentials.

func others(pollerToken, replyToken, jobToken, userToken string) {
	log.Print(pollerToken, replyToken, jobToken)
	log.Print(userToken) // want `parameter userToken is written`
}

// A weak name is enough, whatever stands beside it.

type apiClient struct{ Token string }

type pair struct{ Password, Token string }

type item struct {
	Token string
	Count int
}

func tokenOf(a apiClient) string { return a.Token }

func weak(a apiClient, p pair, i item, token string) error {
	log.Print(a.Token)              // want `field Token is written`
	slog.Info("a", "b", p.Token)    // want `field Token is written`
	log.Print(i.Token)              // want `field Token is written`
	log.Printf("item %s", i.Token)  // want `field Token is written`
	log.Printf("token %s", i.Token) // want `field Token is written`
	log.Print(tokenOf(a))           // want `result of tokenOf is written|field Token is written`
	own := a.Token
	token2 := own
	slog.Info("a", "b", token2)                 // want `variable token2 is written|field Token is written`
	return fmt.Errorf("item %s refused", token) // want `parameter token becomes part of an error`
}

// A function says that it takes the secret out.

func withoutToken(u string) string { return u }

func removeToken(u string) string { return u }

func removed(base, apiKey string) {
	u := base + apiKey
	log.Print(removeToken(u), withoutToken(u))
	log.Print(u) // want `parameter apiKey is written`
}

func known(trustedKey, accountKey string) {
	log.Print(trustedKey)
	log.Print(accountKey) // want `parameter accountKey is written`
}

// What is given to a parameter called a path is one, whatever it is called.

func loadKey(path string) error { return nil }

func named(privateKey, signingKey string) {
	loadKey(privateKey)
	log.Print(privateKey)
	log.Print(signingKey) // want `parameter signingKey is written`
}

// A struct in a struct may have a secret that nobody has set.

type application struct{ ID, ClientSecret string }

type status struct {
	Text         string
	Application  application
	BalanceToken string
}

type account struct {
	Name string
	Auth application
}

func nested(s status, a account) {
	log.Print(s)
	log.Print(s.BalanceToken)
	log.Print(a)             // want `field Auth.ClientSecret of logs.account is written`
	log.Print(s.Application) // want `field ClientSecret of logs.application is written`
}
