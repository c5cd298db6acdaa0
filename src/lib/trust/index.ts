/** Trust: what is signed and attested about an image, and whether to believe it. */
