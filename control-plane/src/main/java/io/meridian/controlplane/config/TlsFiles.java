package io.meridian.controlplane.config;

import akka.pki.pem.DERPrivateKeyLoader;
import akka.pki.pem.PEMDecoder;
import akka.pki.pem.PEMLoadingException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;

/**
 * Checks the PEM files of {@code cluster.tls} as Akka will read them: each file alone, then the key
 * against the certificate, and the certificate against the authority.
 */
public final class TlsFiles {
    private static final String CERTIFICATE = "cluster.tls.certificate";
    private static final String KEY = "cluster.tls.key";
    private static final String AUTHORITY = "cluster.tls.authority";

    private TlsFiles() {}

    /**
     * @param now time at which the certificates must be valid
     * @throws IllegalArgumentException for the first unusable file; the message has the key, the
     *     file and the cause
     */
    public static void requireUsable(ClusterSettings.Tls tls, Instant now) {
        X509Certificate authority = certificate(AUTHORITY, tls.authority(), now);
        X509Certificate certificate = certificate(CERTIFICATE, tls.certificate(), now);
        PrivateKey key = privateKey(tls.key());
        if (!belongs(key, certificate.getPublicKey())) {
            throw NodeSettings.wrong(
                    KEY,
                    "the private key of the certificate in " + tls.certificate(),
                    tls.key() + ": the key of another certificate");
        }
        try {
            certificate.verify(authority.getPublicKey());
        } catch (GeneralSecurityException foreign) {
            throw NodeSettings.wrong(
                    CERTIFICATE,
                    "signed by the authority in " + tls.authority(),
                    tls.certificate()
                            + ": signed by "
                            + certificate.getIssuerX500Principal().getName());
        }
    }

    private static X509Certificate certificate(String key, Path file, Instant now) {
        byte[] text = read(key, file).getBytes(StandardCharsets.UTF_8);
        X509Certificate certificate;
        try {
            certificate =
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509")
                                    .generateCertificate(new ByteArrayInputStream(text));
        } catch (GeneralSecurityException notPem) {
            throw NodeSettings.wrong(
                    key, "a PEM file with a certificate", file + ": it holds no certificate");
        }
        try {
            certificate.checkValidity(Date.from(now));
        } catch (CertificateExpiredException expired) {
            throw NodeSettings.wrong(
                    key,
                    "a certificate that is valid now",
                    file + ": expired at " + certificate.getNotAfter().toInstant());
        } catch (CertificateNotYetValidException early) {
            throw NodeSettings.wrong(
                    key,
                    "a certificate that is valid now",
                    file
                            + ": valid from "
                            + certificate.getNotBefore().toInstant()
                            + " on, and this host's clock says "
                            + now);
        }
        return certificate;
    }

    private static PrivateKey privateKey(Path file) {
        String text = read(KEY, file);
        try {
            return DERPrivateKeyLoader.load(PEMDecoder.decode(text));
        } catch (PEMLoadingException unusable) {
            throw NodeSettings.wrong(
                    KEY,
                    "a PEM file (PKCS 1 or 8, without passphrase) with a private key",
                    file + ": " + unusable.getMessage());
        }
    }

    private static String read(String key, Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException absent) {
            throw NodeSettings.wrong(key, "a PEM file", file + ": no such file");
        } catch (AccessDeniedException denied) {
            throw NodeSettings.wrong(
                    key,
                    "a PEM file that user " + HostChecks.user() + " may read",
                    file + ": permission denied");
        } catch (IOException unreadable) {
            throw NodeSettings.wrong(key, "a PEM file", file + ": " + unreadable.getMessage());
        }
    }

    /** Whether a signature of the private key is one of the public key. */
    private static boolean belongs(PrivateKey own, PublicKey certified) {
        try {
            Signature signature =
                    Signature.getInstance(
                            switch (own.getAlgorithm()) {
                                case "RSA" -> "SHA256withRSA";
                                case "EC" -> "SHA256withECDSA";
                                default -> own.getAlgorithm();
                            });
            byte[] text = KEY.getBytes(StandardCharsets.UTF_8);
            signature.initSign(own);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(text);
            return signature.verify(signed);
        } catch (InvalidKeyException otherKind) {
            return false;
        } catch (GeneralSecurityException unsupported) {
            throw NodeSettings.wrong(
                    KEY, "an RSA or EC key", own.getAlgorithm() + ": " + unsupported.getMessage());
        }
    }
}
