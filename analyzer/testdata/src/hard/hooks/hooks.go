// Package hooks gives weak strings to what checks webhooks and cookies.
package hooks

import (
	"net/http"
	"os"

	"github.com/go-playground/webhooks/v6/gitlab"
	jwtware "github.com/gofiber/contrib/jwt"
	"github.com/gofiber/fiber/v2/middleware/encryptcookie"
	"github.com/google/go-github/v60/github"
	"github.com/slack-go/slack"
	"github.com/stripe/stripe-go/v76/webhook"
	svix "github.com/svix/svix-webhooks/go"
	"github.com/twilio/twilio-go/client"
)

func bad(r *http.Request, body []byte) {
	jwtware.New(jwtware.Config{SigningKey: jwtware.SigningKey{JWTAlg: "HS256", Key: []byte("kst-word")}}) // want `in SigningKey.Key`
	encryptcookie.New(encryptcookie.Config{Key: "$WORD"})                                                 // want `in Config.Key`
	webhook.ConstructEvent(body, "t=1", "$WORD")                                                          // want `given to .*ConstructEvent`
	github.ValidatePayload(r, []byte("$WORD"))                                                            // want `given to .*ValidatePayload`
	github.ValidateSignature("sha1", body, []byte("$WORD"))                                               // want `given to .*ValidateSignature`
	gitlab.New(gitlab.Options.Secret("$WORD"))                                                            // want `given to .*Secret`
	slack.NewSecretsVerifier(r.Header, "$WORD")                                                           // want `given to .*NewSecretsVerifier`
	slack.New("$WORD")                                                                                    // want `given to .*New`
	svix.NewWebhook("$WORD")                                                                              // want `given to .*NewWebhook`
	client.NewRequestValidator("$WORD")                                                                   // want `given to .*NewRequestValidator`
}

const webhookPassword = "$PLAIN" // want `in webhookPassword`

func again() {
	svix.NewWebhook(webhookPassword) // is reported where it is declared
}

func metadata(r *http.Request) {
	r.Header.Set("Authorization", "Bearer Cloud")
	r.Header.Set("Authorization", "Bearer $PLAIN") // want `under the name Authorization`
}

func good(r *http.Request, body []byte) {
	key := os.Getenv("SIGNING_KEY")
	jwtware.New(jwtware.Config{SigningKey: jwtware.SigningKey{JWTAlg: "HS256", Key: []byte(key)}, ContextKey: "$WORD"})
	encryptcookie.New(encryptcookie.Config{Except: []string{"$WORD"}, Key: key})
	webhook.ConstructEvent([]byte("$WORD"), "$WORD", key)
	github.ValidatePayload(r, []byte(key))
	github.ValidateSignature("$WORD", []byte("$WORD"), []byte(key))
	gitlab.New(gitlab.Options.Secret(key))
	slack.NewSecretsVerifier(http.Header{"$WORD": nil}, key)
	svix.NewWebhook(key)
	client.NewRequestValidator(key)
}
