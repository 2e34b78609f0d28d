package analyzer

import (
	"slices"
	"strings"
	"testing"
)

func TestSplitName(t *testing.T) {
	tests := []struct{ name, want string }{
		{"", ""},
		{"password", "password"},
		{"dbPassword", "db password"},
		{"DBPassword", "db password"},
		{"APIKey", "api key"},
		{"apikey", "api key"},
		{"GITHUB_TOKEN", "github token"},
		{"X-Api-Key", "x api key"},
		{"oauth2Token", "oauth 2 token"},
		{"passWord", "password"},
		{"apiKEY", "api key"},
		{"userIDs", "user ids"},
		{"__secret__", "secret"},
		{"öffentlich", "öffentlich"},
	}
	for _, tt := range tests {
		if got := splitName(tt.name); !slices.Equal(got, strings.Fields(tt.want)) {
			t.Errorf("splitName(%q) = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestClassify(t *testing.T) {
	tests := []struct {
		class nameClass
		names string
	}{
		{secretPassword, "password dbPassword DB_PASSWORD passwd pwd userPwd passphrase sshPassphrase defaultPassword storePassword cachePassword servicePassword groupPassword password2 passwordBytes PASSWORD_VALUE passwordForUser passwordFromEnv"},
		{strongName, "apiKey APIKey api_key X-Api-Key accessKey secretKey secretAccessKey AWS_SECRET_ACCESS_KEY privateKey clientSecret signingKey " +
			"encryptionKey connectionString connString hmacKey jwtSecret authToken accessToken refreshToken GITHUB_TOKEN githubToken webhookSecret " +
			"VAULT_TOKEN botToken sessionToken masterKey sharedSecret csrfKey bearerToken apiKeyBytes appSecret oauthToken"},
		{weakName, "token secret jwt credential creds sessionID session_id cookie authorization Authorization pass pw"},
		{notSecret, "tokenizer tokenType token_type passwordHash passwordFile PasswordPath secretName secretEnv tokenURL tokenHeader apiKeyHeader " +
			"publicKey pubKey key keys accessKeyID access_key_id apiKeyID tokenCount tokenLen numTokens maxTokens nextToken nextPageToken continueToken " +
			"pageToken cancelToken passwordRegexp passwordField passwordLabel apiKeyPrefix hashedPassword encryptedPassword maskedToken redactedSecret " +
			"tokenExpiry tokenTTL hasPassword isSecret needsToken passwordPolicy passwordPrompt tokenSource secretKeyRef secretLister passport compass " +
			"monkey author secretary bypass user username name host port timeout id csrfToken lockToken lastToken currentToken openToken errToken PWD OLDPWD jwtCookie idForToken keyAuthorization DNS01KeyAuthorization showSecrets printToken listPasswords"},
	}
	for _, tt := range tests {
		for name := range strings.FieldsSeq(tt.names) {
			if got := classify(name); got != tt.class {
				t.Errorf("classify(%q) = %d, want %d", name, got, tt.class)
			}
		}
	}
}
