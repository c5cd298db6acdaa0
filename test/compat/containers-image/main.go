// Asks the library of skopeo and podman whether a policy allows an image of a registry on loopback: Debian builds both
// without this part.
package main

import (
	"context"
	"flag"
	"log"

	"github.com/containers/image/v5/docker"
	"github.com/containers/image/v5/image"
	"github.com/containers/image/v5/signature"
	"github.com/containers/image/v5/types"
)

var (
	policy    = flag.String("policy", "", "policy.json")
	locations = flag.String("registries-d", "", "folder that says where signatures are")
)

func main() {
	flag.Parse()
	ctx := context.Background()
	system := &types.SystemContext{
		RegistriesDirPath:           *locations,
		DockerInsecureSkipTLSVerify: types.OptionalBoolTrue,
	}
	rules, err := signature.NewPolicyFromFile(*policy)
	check(err)
	judge, err := signature.NewPolicyContext(rules)
	check(err)
	reference, err := docker.ParseReference("//" + flag.Arg(0))
	check(err)
	source, err := reference.NewImageSource(ctx, system)
	check(err)
	defer source.Close()
	allowed, err := judge.IsRunningImageAllowed(ctx, image.UnparsedInstance(source, nil))
	check(err)
	if !allowed {
		log.Fatal("refused without a reason")
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
