<?php
/**
 * Two tests in WordPress's Site Health: the relay, and the chat on the website's own page.
 *
 * Both ask over the network, so they run only when an administrator opens Site Health, never from the weekly timer.
 *
 * @package Amparo
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * The tests by name: their label, and what finds things out.
 *
 * @return array<string, array{label: string, find: callable(AmparoSettings): list<array{state: string, sentence: string}>}>
 */
function amparo_get_health_tests(): array {
	return array(
		'relay' => array(
			'label' => __( 'Amparo: the relay', 'amparo' ),
			'find'  => 'amparo_check_relay',
		),
		'page'  => array(
			'label' => __( 'Amparo: the chat on your pages', 'amparo' ),
			'find'  => 'amparo_check_own_page',
		),
	);
}

/**
 * Adds them to WordPress's own.
 *
 * @param array<string, array<string, mixed>> $tests WordPress's.
 * @return array<string, array<string, mixed>>
 */
function amparo_add_health_tests( array $tests ): array {
	foreach ( amparo_get_health_tests() as $name => $test ) {
		$tests['async'][ 'amparo_' . $name ] = array(
			'label'             => $test['label'],
			'test'              => rest_url( 'amparo/v1/health/' . $name ),
			'has_rest'          => true,
			'skip_cron'         => true,
			'async_direct_test' => static function () use ( $name ): array {
				return amparo_run_health_test( $name );
			},
		);
	}
	return $tests;
}
add_filter( 'site_status_tests', 'amparo_add_health_tests' );

/** Where the Site Health page asks for the outcome. */
function amparo_register_health_routes(): void {
	register_rest_route(
		'amparo/v1',
		'/health/(?P<name>relay|page)',
		array(
			'methods'             => 'GET',
			'callback'            => static function ( WP_REST_Request $request ): array {
				return amparo_run_health_test( (string) $request['name'] );
			},
			'permission_callback' => static function (): bool {
				return current_user_can( 'manage_options' ) && current_user_can( 'view_site_health_checks' );
			},
		)
	);
}
add_action( 'rest_api_init', 'amparo_register_health_routes' );

/**
 * Runs a test and puts what it found into Site Health's form.
 *
 * @return array<string, mixed>
 */
function amparo_run_health_test( string $name ): array {
	$test     = amparo_get_health_tests()[ $name ];
	$findings = $test['find']( amparo_get_settings() );
	$states   = array_column( $findings, 'state' );
	$lines    = '';
	foreach ( $findings as $finding ) {
		$lines .= '<li>' . esc_html( $finding['sentence'] ) . '</li>';
	}
	$status = in_array( 'hint', $states, true ) ? 'recommended' : 'good';
	return array(
		'label'       => $test['label'],
		'status'      => in_array( 'bad', $states, true ) ? 'critical' : $status,
		'badge'       => array(
			'label' => __( 'Amparo', 'amparo' ),
			'color' => 'green',
		),
		'description' => '<ul>' . $lines . '</ul>',
		'actions'     => sprintf( '<p><a href="%s">%s</a></p>', esc_url( amparo_get_admin_address() ), esc_html__( 'Amparo’s settings', 'amparo' ) ),
		'test'        => 'amparo_' . $name,
	);
}
