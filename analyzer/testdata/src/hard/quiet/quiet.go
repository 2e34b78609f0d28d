// Package quiet has strings that are about credentials and are none.
package quiet

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"

	"github.com/golang-jwt/jwt/v5"
	"github.com/jackc/pgx/v5"
	"golang.org/x/crypto/bcrypt"
	"golang.org/x/oauth2"
	"google.golang.org/grpc/metadata"
)

const (
	passwordEnv      = "DB_PASSWORD"
	envToken         = "GITHUB_TOKEN"
	tokenHeader      = "X-Auth-Token"
	apiKeyHeader     = "X-Api-Key"
	flagPassword     = "password"
	passwordFlag     = "db-password"
	tokenURL         = "https://login.example.com/oauth/token"
	authToken        = "auth-token"
	accessToken      = "access_token"
	refreshToken     = "refreshToken"
	clientSecret     = "client_secret"
	passwordPattern  = "^[a-z]{8,}$"
	passwordRegexp   = `\w+`
	keyAlphabet      = "abcdefghijklmnopqrstuvwxyz"
	secretAlphabet   = "aabbccddeeff"
	passwordHash     = "$2a$10$kst"
	hashedPassword   = "kst-hash"
	passwordPath     = "/etc/app/password"
	secretFile       = "secret.json"
	secretPath       = "/run/secrets/db"
	grantPassword    = "password"
	kindSecret       = "Secret"
	tokenTypeBearer  = "bearer"
	bearerToken      = "Bearer "
	passwordLabel    = "Password:"
	passwordPrompt   = "Enter your password: "
	passwordTooShort = "the password is too short"
	apiKeyPrefix     = "kst_"
	publicKey        = "kst-public-key"
	privateKeyFile   = "id_rsa"
	tokenName        = "kst"
	nextPageToken    = "kst-page"
	passwordField    = "user.password"
	secretRef        = "vault:secret/data/app"
	accessKeyID      = "kst-id"
	tokenIssuer      = "kst-issuer"
	userName         = "kst-user"
	sessionName      = "kst-session"
	resourceSecret   = "secrets"
	eventPassword    = "user.password.changed"
	keyPassword      = "auth.password"
	configAPIKey     = "service.api.key"
	headerAPIKey     = "x-api-key"
	maxToken         = "EOF"
	tokenEOF         = "EOF"
	tokenLeftBrace   = "LBRACE"
)

var (
	password            = ""
	dbPassword          = "changeme"
	apiToken            = "<your-token>"
	apiKey              = "${API_KEY}"
	appSecret           = "{{ .Secret }}"
	userPassword        = "********"
	rootPassword        = "xxxxxxxx"
	adminPassword       = "your-password-here"
	examplePassword     = "example"
	smtpPassword        = os.Getenv("SMTP_PASSWORD")
	errPassword         = errors.New("kst wrong password")
	passwordRE          = regexp.MustCompile(`^[a-z]+$`)
	token               = "kst"
	secret              = "kst-secret-name"
	cookie              = "session"
	bcryptPassword      = "$BCRYPT"
	argonPassword       = "$argon2id$v=19$kst"
	formatPassword      = "%s:%s"
	connectionString    = "host=%s port=%d"
	queryToken          = "select * from tokens"
	mimeToken           = "application/jwt"
	passwordQuestion    = "What is your name?"
	tokenEndpoint       = "/oauth2/token"
	tokenDelimiter      = ","
	passwordPlaceholder = "$LEET"
	encryptedPassword   = "$CIPHERED"
	passwordLength      = 12
	hasPassword         = true
)

func headers(req *http.Request, tok string) {
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "kst")
	req.Header.Set("Authorization", tok)
	req.Header.Set("Authorization", "Bearer "+tok)
	req.Header.Set("X-Request-Id", "$WORD")
	req.Header.Set("X-Api-Key", os.Getenv("API_KEY"))
	req.Header.Get("Authorization")
	req.Header.Del("Authorization")
	req.SetBasicAuth("app", os.Getenv("APP_PASSWORD"))
	req.SetBasicAuth("app", "")
}

func flags() {
	flag.String("password", "", "the password of the kst user")
	flag.String("token-file", "kst.txt", "a file")
	flag.String("password-env", "KST_PASSWORD", "a variable")
	flag.String("user", "kst", "the name")
	flag.Bool("show-password", false, "print it")
	os.Setenv("TOKEN_FILE", "/tmp/kst")
	os.Setenv("HOME", "$WORD")
	os.Getenv("DB_PASSWORD")
	os.LookupEnv("API_TOKEN")
}

func databases(ctx context.Context, pw string) {
	sql.Open("postgres", "postgres://db/app")
	sql.Open("postgres", "postgres://app@db/app")
	sql.Open("postgres", "host=db user=app sslmode=disable")
	sql.Open("postgres", fmt.Sprintf("postgres://app:%s@db/app", pw))
	sql.Open("sqlite", "file:kst.db")
	sql.Open("mysql", "app@tcp(db:3306)/app")
	pgx.Connect(ctx, os.Getenv("DATABASE_URL"))
	pgx.Connect(ctx, "postgres://app:"+pw+"@db/app")
}

func values(v url.Values, m map[string]string, pw string) {
	v.Set("grant_type", "password")
	v.Set("response_type", "token")
	v.Set("password", pw)
	v.Set("token_type_hint", "access_token")
	m["password_hash"] = "$WORD"
	m["token_type"] = "bearer"
	m["user"] = "$WORD"
	m["password"] = pw
	m["secret"] = ""
	metadata.Pairs("user-agent", "$WORD", "accept", "kst")
}

func configs(id string) {
	_ = oauth2.Config{ClientID: "kst-client", ClientSecret: os.Getenv("CLIENT_SECRET"), Scopes: []string{"kst"}}
	_ = oauth2.Endpoint{TokenURL: "https://login.example.com/token"}
	_ = oauth2.Token{TokenType: "bearer"}
	_ = map[string]string{"password": "", "token": "string", "secret": "required"}
	_ = map[string]int{"password": 3}
	_ = struct{ Password, Token string }{"", ""}
	_ = struct{ PasswordFile string }{"kst.txt"}
	_ = http.Cookie{Name: "kst-session", Path: "/"}
}

func compare(password, tokenType, secret string, n int) bool {
	return password == "" || tokenType == "kst-bearer" || secret == "kst" || n == 3 || password != "password" || strings.HasPrefix(password, "$WORD")
}

func crypt(password, key []byte) {
	hmac.New(sha256.New, key)
	hmac.New(sha256.New, []byte(os.Getenv("KEY")))
	hmac.New(sha256.New, nil)
	hmac.New(sha256.New, make([]byte, 32))
	sha256.Sum256([]byte("$WORD"))
	bcrypt.GenerateFromPassword(password, 10)
	bcrypt.CompareHashAndPassword([]byte("$2a$10$kst"), password)
	jwt.Parse("kst", func(*jwt.Token) (any, error) { return key, nil })
	jwt.Parse("kst", func(*jwt.Token) (any, error) { return nil, errors.New("kst") })
}

func getPassword() (string, error) { return "", errors.New("kst") }

func tokenKind() string { return "kst-kind" }

func PasswordPolicy() string { return "kst-strong" }

type settings struct {
	Password string `json:"password" default:""`
	Token    string `json:"token" env:"KST_TOKEN"`
	User     string `default:"$WORD"`
}

const encryptedSecret = "$MIXED"

const emulatorAccountKey = "$MIXED"

func sentinels(password string) bool {
	clientSecret := encryptedSecret
	_ = clientSecret
	return password == "INTERNAL"
}

const callNamedSecret = "CallGetNamedSecretByNameV1Operation"

type entry struct{ SecretKey, SecretValue string }

var named = entry{SecretKey: "$MIXED", SecretValue: ""}

func salted() { hmac.New(sha256.New, []byte("kst-hash-salt")) }

func told(given bool) string {
	passwd := "unset"
	if given {
		passwd = "set"
	}
	return passwd
}
