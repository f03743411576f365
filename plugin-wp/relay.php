<?php
/**
 * Asks the relay whether everything fits, and says in one sentence what does not. Called only when an administrator
 * presses a button or opens Site Health.
 *
 * A finding is a state (good, hint, bad) and a sentence. The first bad one ends the questions.
 *
 * @package Amparo
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/** How much of an answer is read: no loader is larger. */
const AMPARO_ANSWER_MAX_BYTES = 65536;

/**
 * Everything there is to say about these settings and their relay.
 *
 * @param AmparoSettings $settings The settings.
 * @return list<array{state: string, sentence: string}>
 */
function amparo_check_relay( array $settings ): array {
	if ( '' === $settings['relay'] ) {
		return array( amparo_get_finding( 'bad', __( 'There is no relay address yet. It looks like https://www2.example.org.', 'amparo' ) ) );
	}
	$version  = '';
	$findings = array( amparo_check_loader( $settings['relay'], $version ) );
	if ( 'good' === $findings[0]['state'] ) {
		$findings[] = amparo_check_version( $settings, $version );
		$findings[] = amparo_check_site_key( $settings );
		$findings[] = amparo_check_org_key( $settings );
		$findings[] = amparo_check_numbers( $settings );
		$findings[] = amparo_check_website();
	}
	return array_values( array_filter( $findings ) );
}

/**
 * One answer.
 *
 * @return array{state: string, sentence: string}
 */
function amparo_get_finding( string $state, string $sentence ): array {
	return array(
		'state'    => $state,
		'sentence' => $sentence,
	);
}

/**
 * Whether an Amparo relay answers there; `$version` becomes the version that it runs.
 *
 * @return array{state: string, sentence: string}
 */
function amparo_check_loader( string $relay, string &$version ): array {
	$answer = amparo_fetch( $relay . AMPARO_LOADER_NAME );
	if ( is_wp_error( $answer ) ) {
		// Not "SSL": PHP's own sockets name ssl:// in every failure.
		$is_certificate = false !== stripos( $answer->get_error_message(), 'certificate' );
		/* translators: %s: the relay's address. */
		$sentence = $is_certificate ? __( 'The certificate of %s is not accepted. Ask whoever runs the relay to renew it.', 'amparo' ) : __( 'Nothing answers at %s. Check the spelling, and whether the relay runs.', 'amparo' );
		return amparo_get_finding( 'bad', sprintf( $sentence, $relay ) );
	}
	$version = amparo_read_loader_version( wp_remote_retrieve_body( $answer ) );
	if ( 200 !== wp_remote_retrieve_response_code( $answer ) || '' === $version ) {
		/* translators: %s: the relay's address. */
		return amparo_get_finding( 'bad', sprintf( __( 'Something answers at %s, but it is not an Amparo relay.', 'amparo' ), $relay ) );
	}
	/* translators: %s: a version. */
	return amparo_get_finding( 'good', sprintf( __( 'The relay answers. It runs version %s.', 'amparo' ), $version ) );
}

/** The version that a loader names in itself; empty where the text is no loader of ours. */
function amparo_read_loader_version( string $script ): string {
	$is_ours = false !== strpos( $script, 'Amparo' ) && preg_match( '/\b\d+\.\d+\.\d+-[0-9a-f]{8}\b/', $script, $found );
	return $is_ours ? $found[0] : '';
}

/**
 * Whether the relay still knows the version that this website's pages run. It speaks every version that it serves.
 *
 * @param AmparoSettings $settings The settings.
 * @param string         $running  What the relay runs now.
 * @return array{state: string, sentence: string}|null
 */
function amparo_check_version( array $settings, string $running ): ?array {
	$is_here = amparo_is_served_here( $settings );
	$ours    = $is_here ? amparo_get_widget_version() : $settings['version'];
	$hash    = $is_here ? amparo_get_own_loader_hash() : $settings['integrity'];
	if ( '' === $ours ) {
		return null;
	}
	if ( amparo_get_served_hash( $settings['relay'], $ours ) !== $hash ) {
		$sentence = $is_here
			/* translators: 1: version of the relay, 2: version in the plugin. */
			? __( 'The relay runs version %1$s and does not know version %2$s, which came with this plugin. Update the older of the two; until then let the relay serve the files.', 'amparo' )
			/* translators: 1: version of the relay, 2: pinned version. */
			: __( 'The relay runs version %1$s and no longer serves version %2$s, to which the tag is pinned. Pin it again.', 'amparo' );
		return amparo_get_finding( 'bad', sprintf( $sentence, $running, $ours ) );
	}
	if ( $ours !== $running ) {
		/* translators: 1: version of the relay, 2: version of the website's pages. */
		return amparo_get_finding( 'hint', sprintf( __( 'The relay runs version %1$s; this website stays with version %2$s, which the relay still speaks.', 'amparo' ), $running, $ours ) );
	}
	return amparo_get_finding( 'good', __( 'The program is exactly the one that this website expects.', 'amparo' ) );
}

/** The hash of a version's loader as the relay serves it; empty where it does not. */
function amparo_get_served_hash( string $relay, string $version ): string {
	$answer = amparo_fetch( $relay . '/v/' . $version . AMPARO_LOADER_NAME );
	$is_ok  = 200 === wp_remote_retrieve_response_code( $answer );
	return $is_ok ? amparo_hash( wp_remote_retrieve_body( $answer ) ) : '';
}

/**
 * Whether the relay gives a pass to a page of this website. It is what a visitor's browser asks first.
 *
 * @param AmparoSettings $settings The settings.
 * @return array{state: string, sentence: string}
 */
function amparo_check_site_key( array $settings ): array {
	if ( '' === $settings['site_key'] ) {
		return amparo_get_finding( 'bad', __( 'There is no site key yet. Copy it from the console, page “Sites”.', 'amparo' ) );
	}
	$origin = amparo_get_own_origin();
	$answer = amparo_fetch(
		$settings['relay'] . '/api/pass',
		array(
			'method'  => 'POST',
			'headers' => array(
				'Origin'       => $origin,
				'Content-Type' => 'text/plain',
			),
			'body'    => (string) wp_json_encode( array( 'site' => $settings['site_key'] ) ),
		)
	);
	switch ( wp_remote_retrieve_response_code( $answer ) ) {
		case 200:
			return amparo_get_finding( 'good', __( 'The relay knows the site key and allows this website.', 'amparo' ) );
		case 403:
			/* translators: %s: this website's address. */
			return amparo_get_finding( 'bad', sprintf( __( 'The relay does not allow %s yet. Add this address in the console, page “Sites”.', 'amparo' ), $origin ) );
		case 404:
			return amparo_get_finding( 'bad', __( 'The relay does not know this site key. Copy it again from the console, page “Sites”.', 'amparo' ) );
		default:
			return amparo_get_finding( 'hint', __( 'The relay did not say whether it knows the site key. Try again in a minute.', 'amparo' ) );
	}
}

/** This website's origin, as a browser sends it. */
function amparo_get_own_origin(): string {
	$parts = amparo_split_address( home_url( '/' ) );
	return null === $parts ? '' : $parts['scheme'] . '://' . $parts['authority'];
}

/**
 * Without the key the list of counselors is the relay's word alone.
 *
 * @param AmparoSettings $settings The settings.
 * @return array{state: string, sentence: string}|null
 */
function amparo_check_org_key( array $settings ): ?array {
	return '' === $settings['org_key'] ? amparo_get_finding( 'hint', __( 'The organisation’s key is missing. Without it the visitor’s browser takes the list of counselors from the relay unchecked.', 'amparo' ) ) : null;
}

/**
 * Numbers are what is left when nothing else works.
 *
 * @param AmparoSettings $settings The settings.
 * @return array{state: string, sentence: string}|null
 */
function amparo_check_numbers( array $settings ): ?array {
	return '' === $settings['phone'] . $settings['emergency'] ? amparo_get_finding( 'hint', __( 'There is no phone and no emergency number. They are what a visitor sees when the relay is down.', 'amparo' ) ) : null;
}

/**
 * Browsers encrypt only on pages that come over https.
 *
 * @return array{state: string, sentence: string}|null
 */
function amparo_check_website(): ?array {
	$parts = amparo_split_address( home_url( '/' ) );
	$is_ok = null !== $parts && amparo_is_safe_scheme( $parts['scheme'], $parts['host'] );
	return $is_ok ? null : amparo_get_finding( 'bad', __( 'This website is not on https. Browsers do not open the chat there; visitors see the phone numbers.', 'amparo' ) );
}

/**
 * The version that the relay runs now and its hash, for a pin.
 *
 * @return array{version: string, integrity: string}|null
 */
function amparo_get_pin( string $relay ): ?array {
	$version = '';
	if ( 'good' !== amparo_check_loader( $relay, $version )['state'] ) {
		return null;
	}
	$hash = amparo_get_served_hash( $relay, $version );
	return '' === $hash ? null : array(
		'version'   => $version,
		'integrity' => $hash,
	);
}

/**
 * One request to the relay. WordPress refuses addresses inside the machine's own network, unless the website itself runs
 * on the computer in front of you; another port than usual is fine.
 *
 * @param array<string, mixed> $more Arguments beyond the usual ones.
 * @return array<string, mixed>|WP_Error
 */
function amparo_fetch( string $address, array $more = array() ) {
	$arguments = $more + array(
		'timeout'             => 8,
		'redirection'         => 0,
		'limit_response_size' => AMPARO_ANSWER_MAX_BYTES,
		'user-agent'          => 'Amparo/' . AMPARO_VERSION,
	);
	$own       = (string) wp_parse_url( home_url( '/' ), PHP_URL_HOST );
	if ( amparo_is_loopback( $own ) ) {
		return wp_remote_request( $address, $arguments );
	}
	$allow_port = static function ( array $ports ) use ( $address ): array {
		return array_merge( $ports, array_filter( array( wp_parse_url( $address, PHP_URL_PORT ) ) ) );
	};
	add_filter( 'http_allowed_safe_ports', $allow_port );
	$answer = wp_safe_remote_request( $address, $arguments );
	remove_filter( 'http_allowed_safe_ports', $allow_port );
	return $answer;
}
