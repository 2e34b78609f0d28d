package analyzer_test

import (
	"fmt"
	"testing"

	"github.com/keysift/keysift/analyzer"
)

const urlImports = `"context" "fmt" "net/http" "net/url" "strings" "github.com/go-resty/resty/v2" "github.com/gorilla/websocket" imroc"github.com/imroc/req/v3" "github.com/gobwas/ws" "github.com/dghubble/sling" "wrap" "os"`

const urlDecls = `
func use(...any) {}
const base = "https://api.corp.test/v1"

var (
	ctx context.Context
	hc  *http.Client
	rc  *resty.Client
	req *http.Request
	u   *url.URL
)

type api struct {
	token  string
	apiKey string
	page   string
	base   string
}

func (a *api) built() string {
	w, v := url.URL{Host: "h"}, url.Values{}
	v.Set("license_key", a.page)
	w.RawQuery = v.Encode()
	return w.String()
}

func (a *api) endpoint() string { return a.base + "?api_key=" + a.apiKey }

func (a *api) plain() string { return a.base + "?page=" + a.page }

func fetch(address string) { http.Get(address) }

func (a *api) do(method, path string, params url.Values) {
	if method == "GET" {
		path += "?" + params.Encode()
	}
	http.Get(a.base + path)
}

func hash(s string) string { return "" }

func (a *api) newAuthorization() string { return a.base }

func (a *api) presignedURL(token string, to *http.Request) {
	to.URL.RawQuery = "k=" + a.newAuthorization()
	http.Get(base + "?k=" + a.newAuthorization())
}

func (a *api) signURL() { http.Get(base + "?k=" + a.newAuthorization()) }
`

// urlStatements request a URL that holds a secret; secret, %[1]s, is an
// expression of one.
var urlStatements = []string{
	`http.Get(base + "?k=" + %[1]s)`,
	`http.Head(base + "/" + %[1]s)`,
	`http.Post(base+"?key="+%[1]s, "text/plain", nil)`,
	`http.PostForm(base+"?key="+%[1]s, nil)`,
	`hc.Get(fmt.Sprintf("%%s?key=%%s", base, %[1]s))`,
	`hc.Head(fmt.Sprintf("https://api.corp.test/bot%%s/send", %[1]s))`,
	`hc.Post(strings.Join([]string{base, %[1]s}, "/"), "", nil)`,
	`http.NewRequest("GET", base+"?key="+url.QueryEscape(%[1]s), nil)`,
	`http.NewRequestWithContext(ctx, "GET", base+"?key="+%[1]s, nil)`,
	`v := url.Values{}; v.Set("k", %[1]s); http.Get(base + "?" + v.Encode())`,
	`v := url.Values{}; v.Add("k", %[1]s); http.NewRequest("GET", base+"?"+v.Encode(), nil)`,
	`v := url.Values{"k": {%[1]s}}; http.Get(base + "?" + v.Encode())`,
	`v := url.Values{}; v["k"] = []string{%[1]s}; http.Get(base + "?" + v.Encode())`,
	`w := &url.URL{Host: "h", RawQuery: "k=" + %[1]s}; http.Get(w.String())`,
	`w := url.URL{Host: "h", Path: %[1]s}; http.Get(w.String())`,
	`w, _ := url.Parse(base); w.RawQuery = "k=" + %[1]s; http.Get(w.String())`,
	`w, _ := url.Parse(base + %[1]s); http.Get(w.String())`,
	`w, _ := url.Parse(base); q := w.Query(); q.Set("k", %[1]s); w.RawQuery = q.Encode(); http.Get(w.String())`,
	`w, _ := url.Parse(base); w.User = url.UserPassword("app", %[1]s); http.Get(w.String())`,
	`w, _ := url.Parse(base); http.Get(w.JoinPath("x", %[1]s).String())`,
	`p, _ := url.JoinPath(base, %[1]s); http.Get(p)`,
	`q := req.URL.Query(); q.Set("k", %[1]s); req.URL.RawQuery = q.Encode()`,
	`req.URL.RawQuery = "k=" + %[1]s`,
	`req.URL.Path = "/x/" + %[1]s`,
	`websocket.DefaultDialer.Dial("wss://h/?k="+%[1]s, nil)`,
	`rc.R().Get(base + "?k=" + %[1]s)`,
	`rc.R().SetQueryParam("k", %[1]s)`,
	`http.Redirect(nil, req, "/next?k="+%[1]s, 302)`,
	`wrap.Fetch(base + %[1]s)`,
	`fetch(base + %[1]s)`,
	`s := base; s += "?k=" + %[1]s; http.Get(s)`,
	`var b strings.Builder; b.WriteString(base); b.WriteString(%[1]s); http.Get(b.String())`,
	`hc.Do(&http.Request{URL: &url.URL{Host: "h", RawQuery: "k=" + %[1]s}})`,
	`w, _ := url.Parse(base + "?k=" + %[1]s); hc.Do(&http.Request{Method: "GET", URL: w})`,
	`req.URL.User = url.UserPassword("u", %[1]s)`,
	`var h http.ResponseWriter; h.Header().Set("Location", "/app?k="+%[1]s)`,
	`rc.R().SetPathParam("k", %[1]s)`,
	`imroc.Get(base + "?k=" + %[1]s)`,
	`ws.Dial(ctx, "wss://h/?k="+%[1]s)`,
	`sling.New().Base(base + "?k=" + %[1]s)`,
	`sling.New().Get("/x?k=" + %[1]s)`,
}

// urlQuiet send nothing secret in a URL.
var urlQuiet = []string{
	`http.PostForm(base, url.Values{"k": {password}})`,
	`http.Post(base, "text/plain", strings.NewReader(password))`,
	`v := url.Values{}; v.Set("k", password); http.NewRequest("POST", base, strings.NewReader(v.Encode()))`,
	`r, _ := http.NewRequest("GET", base, nil); r.Header.Set("Authorization", "Bearer "+password)`,
	`r, _ := http.NewRequest("GET", base, nil); r.SetBasicAuth("app", password)`,
	`r, _ := http.NewRequest("GET", "http://localhost:8080/", nil); r.SetBasicAuth("app", password)`,
	`r, _ := http.NewRequest("GET", "http://127.0.0.1/", nil); r.SetBasicAuth("app", password)`,
	`r, _ := http.NewRequest("GET", "http://[::1]:80/", nil); r.SetBasicAuth("app", password)`,
	`r, _ := http.NewRequest("GET", "http://api.corp.test/", nil); r.Header.Set("Accept", password)`,
	`r, _ := http.NewRequest("GET", "http://"+os.Getenv("HOST"), nil); r.SetBasicAuth("app", password)`,
	`r, _ := http.NewRequest("GET", "http://api.corp.test/", nil); r.SetBasicAuth("app", password); use(r.Header)`,
	`r, _ := http.NewRequest("GET", "http://api.corp.test/", nil); r.SetBasicAuth("app", password); _ = r.Header.Get("Authorization")`,
	`rc.R().SetAuthToken(password).Get(base)`,
	`url.UserPassword("app", password)`,
	`var h http.ResponseWriter; h.Header().Set("Authorization", password)`,
	`sling.New().Set("Authorization", password)`,
	`sessionID := a.page; rc.R().SetPathParam("sessionId", sessionID)`,
	`sessionID := a.page; http.Get(strings.Replace(base+"/sessions/{key}", "{key}", sessionID, 1))`,
	`hc.Do(&http.Request{URL: &url.URL{Host: "h"}, Header: http.Header{"Authorization": {password}}})`,
	`http.PostForm("http://localhost/login", url.Values{"password": {password}})`,
	`http.PostForm("https://api.corp.test/login", url.Values{"password": {password}})`,
	`http.PostForm("http://api.corp.test/items", url.Values{"name": {a.page}})`,
	`http.Post("http://api.corp.test/items", "text/plain", strings.NewReader("name="+a.page))`,
	`w := url.URL{Scheme: "http", Host: "localhost"}; r, _ := http.NewRequest("GET", w.String(), nil); r.SetBasicAuth("app", password)`,
	`r, _ := http.NewRequest("GET", "http://api.corp.test/", nil); r.AddCookie(&http.Cookie{Name: "language", Value: a.page})`,
	`r, _ := http.NewRequest("GET", "http://api.corp.test/", nil); r.Header = http.Header{"Accept": {a.page}}`,
	`rc.R().SetAuthToken(password).Get("http://localhost/x")`,
	`rc.R().SetHeader("Accept", a.page).Get("http://api.corp.test/x")`,
	`websocket.DefaultDialer.Dial("ws://localhost/", http.Header{"Authorization": {password}})`,
	`v := url.Values{}; v.Set("k", password)`,
	`v := url.Values{}; v.Set("grant_type", "password"); http.Get(base + "?" + v.Encode())`,
	`v := url.Values{}; v.Set("token_type", a.page); http.Get(base + "?" + v.Encode())`,
	`token := a.page; q := url.Values{}; q.Add("next_page_token", token); http.Get(base + q.Encode())`,
	`sessionID := a.page; http.Get(base + "/sessions/" + sessionID)`,
	`p := struct{ SessionID, Text string }{SessionID: a.page}; http.Get(fmt.Sprintf("%s/sessions/%s/threads", base, p.SessionID))`,
	`sessionID := a.page; http.Get(fmt.Sprintf("%s/sessions/%s", base, sessionID))`,
	`http.Get(a.plain())`,
	`http.Get(base + "?api_key=")`,
	`http.Get(base + "?sum=" + hash(password))`,
	`http.Get(fmt.Sprintf("%s?n=%d", base, len(password)))`,
	`websocket.DefaultDialer.Dial("wss://h/", http.Header{"Authorization": {password}})`,
}

// clearStatements send a credential over plain http.
var clearStatements = []string{
	`r, _ := http.NewRequest("GET", "http://api.corp.test/", nil); r.SetBasicAuth("app", password)`,
	`r, _ := http.NewRequest("GET", "http://10.1.2.3:80/x", nil); r.Header.Set("Authorization", password)`,
	`r, _ := http.NewRequestWithContext(ctx, "GET", "http://api.corp.test/"+a.page, nil); r.Header.Add("X-Api-Key", password)`,
	`r, _ := http.NewRequest("GET", fmt.Sprintf("http://api.corp.test/%s", a.page), nil); r.SetBasicAuth("app", password)`,
	`r, _ := http.NewRequest("GET", "http://api.corp.test/", nil); r.SetBasicAuth("app", password); use(r.Header); http.DefaultClient.Do(r)`,
	`http.PostForm("http://api.corp.test/login", url.Values{"user": {a.page}, "password": {password}})`,
	`v := url.Values{}; v.Set("password", password); http.PostForm("http://api.corp.test/login", v)`,
	`http.Post("http://api.corp.test/login", "text/plain", strings.NewReader("p="+password))`,
	`http.NewRequest("POST", "http://api.corp.test/login", strings.NewReader("p="+password))`,
	`w := url.URL{Scheme: "http", Host: "api.corp.test"}; r, _ := http.NewRequest("GET", w.String(), nil); r.SetBasicAuth("app", password)`,
	`r, _ := http.NewRequest("GET", "http://api.corp.test/", nil); r.AddCookie(&http.Cookie{Name: "session_id", Value: a.page})`,
	`r, _ := http.NewRequest("GET", "http://api.corp.test/", nil); r.Header = http.Header{"Authorization": {"Bearer " + password}}`,
	`rc.R().SetAuthToken(password).SetHeader("Accept", a.page).Get("http://api.corp.test/x")`,
	`rc.R().SetHeader("Authorization", password).Get("http://api.corp.test/x")`,
	`websocket.DefaultDialer.Dial("ws://api.corp.test/", http.Header{"Authorization": {password}})`,
}

func TestURLs(t *testing.T) {
	s := newSource("urls", urlImports, urlDecls)
	for _, stmt := range urlStatements {
		for _, secret := range []string{"password", "a.token"} {
			s.add("a *api, user, password string", fmt.Sprintf(stmt, secret), "becomes part of (a URL requested by|the URL of a request|a URL that a client is sent to)")
		}
		s.add("a *api, user, password string", fmt.Sprintf(stmt, "user"), "")
		s.add("a *api, user, password string", fmt.Sprintf(stmt, "hash(password)"), "")
	}
	s.add("a *api", `http.Get(a.endpoint())`, "field apiKey|query parameter")
	s.add("a *api", `url := a.built(); fetch(url)`, "query parameter license_key")
	s.add("a *api", `http.Get(base + "?k=" + a.newAuthorization())`, "result of newAuthorization")
	s.add("a *api", `req.URL.RawQuery = "k=" + a.newAuthorization()`, "result of newAuthorization")
	s.add("a *api", `v := url.Values{}; v.Set("api_key", a.page); http.Get(base + "?" + v.Encode())`, "query parameter api_key")
	s.add("a *api", `sessionID := a.page; http.Get(base + "?session_id=" + sessionID)`, "variable sessionID")
	s.add("a *api", `http.Get(strings.Replace(base+"?k={key}", "{key}", a.apiKey, 1))`, "field apiKey becomes part of a URL")
	s.add("a *api", `http.Get(strings.ReplaceAll(base+"?k={key}", "{key}", a.apiKey))`, "field apiKey becomes part of a URL")
	s.add("a *api, securityToken string", `q := url.Values{}; q.Set("x-security-token", securityToken); req.URL.RawQuery = q.Encode()`, "securityToken|query parameter x-security-token")
	s.add("a *api, securityToken string", `q := url.Values{}; q.Set("x-security-token", securityToken); q.Set("x-signature", a.page); req.URL.RawQuery = q.Encode()`, "")
	s.add("a *api, password string", `q := url.Values{}; q.Set("x", password); q.Set("x-signature", a.page); req.URL.RawQuery = q.Encode()`, "parameter password")
	for _, stmt := range []string{
		`http.Get(base + "/items?token=" + token)`,
		`http.Get(fmt.Sprintf("%s/items?page=1&access=%s&id_token=%s", base, a.page, token))`,
		`v := url.Values{}; v.Set("token", token); http.Get(base + "?" + v.Encode())`,
		`v := url.Values{"jwt": {token}}; http.Get(base + "?" + v.Encode())`,
		`http.Get(base + "/items/" + token + "/run")`,
		`http.Get(fmt.Sprintf("%s/items/%s", base, token))`,
		`http.Get(base + "?item=" + token)`,
		`v := url.Values{}; v.Set("item", token); http.Get(base + "?" + v.Encode())`,
	} {
		s.add("a *api, token string", stmt, "(parameter|variable) token becomes part of a URL|query parameter id_token becomes")
	}
	for _, stmt := range []string{
		`http.Get(token)`,
		`w, _ := url.Parse(token); http.Get(w.String())`,
	} {
		s.add("a *api, token string", stmt, "")
	}
	s.add("a *api", `a.do("GET", "/x", url.Values{"api_key": {a.apiKey}})`, "(query parameter api_key|field apiKey) becomes part of a URL")
	s.add("a *api", `a.do("POST", "/x", url.Values{"api_key": {a.apiKey}})`, "")
	for _, stmt := range clearStatements {
		s.add("a *api, password string", stmt, "is sent over plain http to")
	}
	for _, stmt := range urlQuiet {
		s.add("a *api, password string", stmt, "")
	}
	run(t, analyzer.CredURL, map[string]string{"urls/urls.go": s.imported("os.Args", "context.Canceled")})
}
