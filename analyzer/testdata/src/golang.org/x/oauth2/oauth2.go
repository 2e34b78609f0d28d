// Package oauth2 is a stub.
package oauth2

type Config struct {
	ClientID     string
	ClientSecret string
	Scopes       []string
	Endpoint     Endpoint
}

type Endpoint struct{ AuthURL, TokenURL string }

type Token struct {
	AccessToken  string
	TokenType    string
	RefreshToken string
}

func (t *Token) Extra(key string) any { return nil }

type TokenSource interface{ Token() (*Token, error) }

func StaticTokenSource(t *Token) TokenSource { return nil }
