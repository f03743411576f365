<?php
/**
 * Looks at a page of this website as a visitor's browser gets it: is the tag there, once, as it was printed, and what
 * stands beside it.
 *
 * @package Amparo
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Other people's scripts that watch visitors: what to look for in a script's address or text, by the name to say.
 * The first list records what a visitor does on the page, the second counts or follows visitors.
 *
 * @return array{0: array<string, string>, 1: array<string, string>}
 */
function amparo_get_watchers(): array {
	$replay = array(
		'Hotjar'                      => 'hotjar\.(com|io)',
		'Microsoft Clarity'           => 'clarity\.ms',
		'FullStory'                   => 'fullstory\.com',
		'Mouseflow'                   => 'mouseflow\.com',
		'Smartlook'                   => 'smartlook\.(com|cloud)',
		'LogRocket'                   => 'logrocket|lr-ingest|lr-in\.com',
		'Lucky Orange'                => 'luckyorange',
		'Inspectlet'                  => 'inspectlet\.com',
		'Crazy Egg'                   => 'crazyegg\.com',
		'Contentsquare'               => 'contentsquare',
		'Yandex Metrica'              => 'mc\.yandex\.|metrika',
		'PostHog'                     => 'posthog',
		'rrweb'                       => 'rrweb',
		'Matomo Heatmap & Recordings' => 'HeatmapSessionRecording',
	);
	$track  = array(
		'Google Analytics'    => 'google-analytics\.com|/gtag/js|monsterinsights',
		'Google Tag Manager'  => 'googletagmanager\.com/gtm',
		'Meta Pixel'          => 'connect\.facebook\.net|fbq\(',
		'TikTok Pixel'        => 'analytics\.tiktok\.com',
		'LinkedIn Insight'    => 'snap\.licdn\.com',
		'Matomo'              => 'matomo\.js|piwik\.js',
		'HubSpot'             => 'hs-scripts\.com|hs-analytics',
		'Jetpack Stats'       => 'stats\.wp\.com',
		'Google Ads'          => 'googlesyndication|doubleclick\.net',
		'Pinterest'           => 'pinimg\.com/ct',
		'X (Twitter)'         => 'static\.ads-twitter\.com',
	);
	return array( $replay, $track );
}

/**
 * What there is to say about a page.
 *
 * @param string         $html     The page as it was sent.
 * @param AmparoSettings $settings The settings.
 * @return list<array{state: string, sentence: string}>
 */
function amparo_check_page( string $html, array $settings ): array {
	$findings = array_filter( array( amparo_check_tag( $html, $settings ), amparo_check_static_block( $html ) ) );
	list( $replay, $track ) = array_map(
		static function ( array $watchers ) use ( $html ): string {
			return implode( ', ', amparo_find_watchers( $html, $watchers ) );
		},
		amparo_get_watchers()
	);
	if ( '' !== $replay ) {
		/* translators: %s: names of programs. */
		$findings[] = amparo_get_finding( 'bad', sprintf( __( 'This page records what visitors do: %s. Such a recording shows that somebody asked for help, and its owner can read it. Switch it off on every page with the chat.', 'amparo' ), $replay ) );
	}
	if ( '' !== $track ) {
		/* translators: %s: names of programs. */
		$findings[] = amparo_get_finding( 'hint', sprintf( __( 'This page reports visitors to others: %s. They learn that somebody looked for help. Switch it off on pages with the chat.', 'amparo' ), $track ) );
	}
	return array_values( $findings );
}

/**
 * The names of what watches on this page.
 *
 * @param array<string, string> $watchers What to look for by name.
 * @return list<string>
 */
function amparo_find_watchers( string $html, array $watchers ): array {
	preg_match_all( '~<script\b.*?</script>|<noscript\b.*?</noscript>|<(?:img|iframe)\b[^>]*>~is', $html, $found );
	$elements = implode( "\n", $found[0] );
	$is_there = static function ( string $pattern ) use ( $elements ): bool {
		return 1 === preg_match( '~' . $pattern . '~i', $elements );
	};
	return array_keys( array_filter( $watchers, $is_there ) );
}

/**
 * Whether the tag is on the page once and as it was printed.
 *
 * @param string         $html     The page.
 * @param AmparoSettings $settings The settings.
 * @return array{state: string, sentence: string}
 */
function amparo_check_tag( string $html, array $settings ): array {
	$wanted = amparo_get_tag_attributes( $settings );
	$is_tag = static function ( array $script ) use ( $wanted ): bool {
		$source = implode( ' ', array_intersect_key( $script, array_flip( array( 'src', 'data-src', 'data-rocket-src', 'data-litespeed-src' ) ) ) );
		return isset( $script['data-site'] ) || false !== strpos( $source, AMPARO_LOADER_NAME ) || in_array( $wanted['src'], $script, true );
	};
	$tags   = array_values( array_filter( amparo_find_elements( $html, 'script' ), $is_tag ) );
	if ( array() === $tags ) {
		return amparo_get_finding( 'bad', __( 'The chat is missing on this page. Empty your page cache. If it stays away, an optimiser has merged its script with others, or the theme does not call wp_footer.', 'amparo' ) );
	}
	if ( count( $tags ) > 1 ) {
		return amparo_get_finding( 'bad', __( 'The chat’s tag is on this page more than once. Remove the one that was pasted into the theme or into another plugin.', 'amparo' ) );
	}
	$changed = amparo_find_changes( $tags[0], $wanted );
	if ( array() !== $changed ) {
		/* translators: %s: names of attributes. */
		return amparo_get_finding( 'bad', sprintf( __( 'Something rewrites the chat’s tag (%s). Empty your page cache; then exclude embed.js in your optimiser’s settings.', 'amparo' ), implode( ', ', $changed ) ) );
	}
	return amparo_get_finding( 'good', __( 'The chat’s tag is on this page, once and unchanged.', 'amparo' ) );
}

/**
 * The attributes that are not as they were printed. What others add is their matter, except a type that no browser runs.
 *
 * @param array<string, string>      $tag    As found.
 * @param array<string, string|true> $wanted As printed.
 * @return list<string>
 */
function amparo_find_changes( array $tag, array $wanted ): array {
	$changed = array();
	foreach ( $wanted as $name => $value ) {
		$is_same = true === $value ? isset( $tag[ $name ] ) : html_entity_decode( $value, ENT_QUOTES | ENT_HTML5, 'UTF-8' ) === ( $tag[ $name ] ?? null );
		if ( ! $is_same ) {
			$changed[] = $name;
		}
	}
	if ( isset( $tag['type'] ) && ! in_array( strtolower( $tag['type'] ), array( '', 'text/javascript', 'application/javascript' ), true ) ) {
		$changed[] = 'type';
	}
	return $changed;
}

/**
 * Whether the block for pages without scripts came through.
 *
 * @return array{state: string, sentence: string}|null
 */
function amparo_check_static_block( string $html ): ?array {
	$is_there = 1 === preg_match( '/<[^>]*\sdata-amparo-static\b/', $html );
	return $is_there ? null : amparo_get_finding( 'hint', __( 'The block for browsers without scripts is missing on this page. Something removes it.', 'amparo' ) );
}

/**
 * A page on which the chat should be.
 *
 * @param AmparoSettings $settings The settings.
 */
function amparo_get_example_page( array $settings ): string {
	if ( 'chosen' === $settings['show'] ) {
		foreach ( $settings['pages'] as $id ) {
			$address = get_permalink( $id );
			if ( $address ) {
				return $address;
			}
		}
		foreach ( $settings['patterns'] as $pattern ) {
			return home_url( str_replace( '*', '', $pattern ) );
		}
	}
	return home_url( '/' );
}

/**
 * Fetches that page as anybody would, without a login.
 *
 * @param AmparoSettings $settings The settings.
 * @return list<array{state: string, sentence: string}>
 */
function amparo_check_own_page( array $settings ): array {
	if ( ! amparo_is_ready( $settings ) ) {
		return array( amparo_get_finding( 'hint', __( 'The chat is not set up yet: it needs the relay’s address and the site key.', 'amparo' ) ) );
	}
	$answer = wp_remote_get(
		amparo_get_example_page( $settings ),
		array(
			'timeout'   => 10,
			'sslverify' => apply_filters( 'https_local_ssl_verify', false ),
		)
	);
	if ( 200 !== wp_remote_retrieve_response_code( $answer ) ) {
		/* translators: %s: a page's address. */
		return array( amparo_get_finding( 'hint', sprintf( __( 'The website could not look at its own page %s.', 'amparo' ), amparo_get_example_page( $settings ) ) ) );
	}
	return amparo_check_page( wp_remote_retrieve_body( $answer ), $settings );
}
