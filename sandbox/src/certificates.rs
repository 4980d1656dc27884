//! Certificates that say what somebody wants them to say. All keys follow from a seed, and Ed25519
//! signs without chance (RFC 8032): the same wish gives the same bytes. So a fleet stays the same
//! one, and what a Secret holds is what the TLS endpoint serves, although each makes its own.

use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, PKCS_ED25519, SerialNumber, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use sha2::{Digest, Sha256};

/// The most characters of a common name (RFC 5280, appendix A.1).
const LONGEST_COMMON_NAME: usize = 64;

/// Who signs a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// An authority that everybody trusts.
    Public,
    /// The company's own authority.
    Internal,
    /// Nobody else: a controller made it up.
    Itself,
}

/// What a certificate is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Its common name; too long a one is left out.
    pub common_name: String,
    /// The names it is for.
    pub names: Vec<String>,
    /// From when it is valid.
    pub not_before: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
    /// Who signs it.
    pub by: By,
}

impl Wanted {
    /// A certificate of an authority, with the lifetime of 90 days that is usual there.
    pub fn until<S: AsRef<str>>(names: &[S], not_after: Timestamp) -> Self {
        let names: Vec<String> = names.iter().map(|name| name.as_ref().to_owned()).collect();
        let common_name = names.first().cloned().unwrap_or_default();
        let not_before = days_after(not_after, -90);
        Self { common_name, names, not_before, not_after, by: By::Public }
    }

    /// The certificate that ingress-nginx serves where it has no other (ingress-nginx,
    /// `internal/net/ssl/ssl.go`).
    pub fn fake(now: Timestamp) -> Self {
        Self {
            common_name: "Kubernetes Ingress Controller Fake Certificate".into(),
            names: vec!["ingress.local".into()],
            not_before: days_after(now, -20),
            not_after: days_after(now, 345),
            by: By::Itself,
        }
    }

    /// Twenty octets at most, and the same ones for the same certificate.
    fn serial(&self) -> SerialNumber {
        let digest = Sha256::digest(format!("{self:?}"));
        let mut octets = digest.iter().take(16).copied().collect::<Vec<u8>>();
        // The first bit is the sign, and a serial number is above zero.
        octets[0] = (octets[0] & 0x7f) | 0x40;
        SerialNumber::from(octets)
    }

    fn params(&self) -> anyhow::Result<CertificateParams> {
        let at = |time: Timestamp| {
            let seconds = u64::try_from(time.as_second()).unwrap_or_default();
            date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds)
        };
        let mut params = CertificateParams::new(self.names.clone())?;
        params.not_before = at(self.not_before);
        params.not_after = at(self.not_after);
        params.serial_number = Some(self.serial());
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.distinguished_name = self.subject();
        Ok(params)
    }

    fn subject(&self) -> DistinguishedName {
        let mut subject = DistinguishedName::new();
        if self.by == By::Itself {
            subject.push(DnType::OrganizationName, "Acme Co");
        }
        if (1..=LONGEST_COMMON_NAME).contains(&self.common_name.len()) {
            subject.push(DnType::CommonName, self.common_name.as_str());
        }
        subject
    }
}

/// Issues certificates, all of them for one key: making keys is what takes time.
pub struct Issuer {
    root: CertifiedIssuer<'static, KeyPair>,
    public: CertifiedIssuer<'static, KeyPair>,
    internal: CertifiedIssuer<'static, KeyPair>,
    key: KeyPair,
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Issuer")
    }
}

impl Issuer {
    /// The issuer of a seed: a root, and below it a public and an internal authority.
    pub fn new(seed: u64) -> anyhow::Result<Self> {
        let root = CertifiedIssuer::self_signed(authority("Example Root"), key(seed, "root")?)?;
        let below = |name: &str| -> anyhow::Result<_> {
            Ok(CertifiedIssuer::signed_by(authority(name), key(seed, name)?, &root)?)
        };
        let (public, internal) = (below("Example Public CA R1")?, below("Marrowby Internal CA")?);
        Ok(Self { root, public, internal, key: key(seed, "server")? })
    }

    /// The root, which clients must trust.
    pub fn root_pem(&self) -> String {
        self.root.pem()
    }

    /// The key of all certificates.
    pub fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    /// A certificate and the one above it, as a Secret holds them. Fails for names that no
    /// certificate can have.
    pub fn chain_pem(&self, wanted: &Wanted) -> anyhow::Result<String> {
        let above = self.above(wanted.by).map(CertifiedIssuer::pem).unwrap_or_default();
        Ok(self.leaf(wanted)?.pem() + &above)
    }

    /// The same with its key, as a TLS server needs them.
    pub fn certified_key(&self, wanted: &Wanted) -> anyhow::Result<CertifiedKey> {
        let leaf = self.leaf(wanted)?.der().clone();
        let above = self.above(wanted.by).map(|issuer| issuer.der().clone());
        self.with_key([leaf].into_iter().chain(above).collect())
    }

    /// Any bytes in the place of a certificate.
    pub(crate) fn certified_bytes(&self, bytes: &[u8]) -> anyhow::Result<CertifiedKey> {
        self.with_key(vec![CertificateDer::from(bytes.to_vec())])
    }

    fn with_key(&self, chain: Vec<CertificateDer<'static>>) -> anyhow::Result<CertifiedKey> {
        let key = PrivatePkcs8KeyDer::from(self.key.serialize_der());
        Ok(CertifiedKey::new(chain, rustls::crypto::ring::sign::any_eddsa_type(&key)?))
    }

    fn leaf(&self, wanted: &Wanted) -> anyhow::Result<Certificate> {
        let params = wanted.params()?;
        Ok(match self.above(wanted.by) {
            Some(issuer) => params.signed_by(&self.key, issuer)?,
            None => params.self_signed(&self.key)?,
        })
    }

    fn above(&self, by: By) -> Option<&CertifiedIssuer<'static, KeyPair>> {
        match by {
            By::Public => Some(&self.public),
            By::Internal => Some(&self.internal),
            By::Itself => None,
        }
    }
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Marrowby Example");
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

/// PKCS #8 of an Ed25519 key, of which all but the last 32 octets are constant (RFC 8410, section
/// 7).
fn key(seed: u64, purpose: &str) -> anyhow::Result<KeyPair> {
    const HEAD: [u8; 16] = [
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ];
    let secret = Sha256::digest(format!("{purpose}/{seed}"));
    let der: Vec<u8> = HEAD.iter().chain(secret.iter()).copied().collect();
    let der = PrivatePkcs8KeyDer::from(der);
    Ok(KeyPair::from_pkcs8_der_and_sign_algo(&der, &PKCS_ED25519)?)
}

/// So many days after a moment, or before it; the moment itself where there is no such time.
pub(crate) fn days_after(time: Timestamp, days: i64) -> Timestamp {
    time.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(time)
}
