<?php
/**
 * What every test starts from: the plugin as it is after activation, nobody signed in, no request.
 *
 * @package Amparo
 */

namespace Amparo\Tests;

use PHPUnit\Framework\TestCase;

/** A test inside WordPress; what it hooks, stores and asks is taken back afterwards. */
abstract class Plugin_Case extends TestCase {

	public const RELAY    = 'https://www2.example.org';
	public const SITE_KEY = 'AbCdEfGhIjKlMn-_';
	public const ORG_KEY  = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

	/** Breaks out of text, attributes, styles and scripts wherever somebody forgot to escape. */
	public const HOSTILE = '"\'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}\\';

	/**
	 * Hooks as they were before the test.
	 *
	 * @var array<string, \WP_Hook>
	 */
	private $hooks;

	protected function setUp(): void {
		$this->hooks = array_map(
			static function ( \WP_Hook $hook ): \WP_Hook {
				return clone $hook;
			},
			$GLOBALS['wp_filter']
		);
		delete_option( 'amparo_settings' );
		delete_post_meta_by_key( '_wp_suggested_privacy_policy_content' );
		wp_set_current_user( 0 );
		$GLOBALS['wp_settings_errors'] = array();
		unset( $GLOBALS['wp_actions']['amparo_button_printed'] );
		$_GET                   = array();
		$_POST                  = array();
		$_REQUEST               = array();
		$_SERVER['REQUEST_URI'] = '/';
	}

	protected function tearDown(): void {
		$GLOBALS['wp_filter'] = $this->hooks;
		switch_to_locale( 'en_US' );
	}

	/**
	 * The settings of a website that is set up, with these changes.
	 *
	 * @param array<string, mixed> $changes By name.
	 * @return array<string, mixed>
	 */
	protected function settings( array $changes = array() ): array {
		$set_up = array(
			'relay'     => self::RELAY,
			'site_key'  => self::SITE_KEY,
			'org_key'   => self::ORG_KEY,
			'phone'     => '016',
			'emergency' => '112',
			'whatsapp'  => '34600111222',
		);
		return array_merge( amparo_get_default_settings(), $set_up, $changes );
	}

	/**
	 * Stores them as the settings page would.
	 *
	 * @param array<string, mixed> $changes By name.
	 */
	protected function set_up_with( array $changes = array() ): void {
		update_option( 'amparo_settings', $this->settings( $changes ) );
		$this->assertSame( $this->settings( $changes ), amparo_get_settings(), 'what the test sets passes the checks' );
	}

	/** Signs in a member of the website with this role. */
	protected function sign_in( string $role ): void {
		$login = 'test-' . $role;
		$user  = get_user_by( 'login', $login );
		$id    = $user ? $user->ID : wp_insert_user(
			array(
				'user_login' => $login,
				'user_pass'  => 'password',
				'role'       => $role,
			)
		);
		wp_set_current_user( $id );
	}

	/** What a function prints. */
	protected function printed( callable $print ): string {
		ob_start();
		$print();
		return (string) ob_get_clean();
	}

	/**
	 * Answers the plugin's requests from this list instead of the network; what is not listed cannot be reached.
	 *
	 * @param array<string, array{0: int, 1: string}|string> $answers Status and body, or what went wrong, by address.
	 * @return \ArrayObject<int, array{0: string, 1: array<string, mixed>}> Fills with what was asked.
	 */
	protected function network( array $answers ): \ArrayObject {
		$asked = new \ArrayObject();
		add_filter(
			'pre_http_request',
			static function ( $before, array $arguments, string $address ) use ( $answers, $asked ) {
				$asked[] = array( $address, $arguments );
				$answer  = $answers[ $address ] ?? 'Could not resolve host';
				return is_string( $answer ) ? new \WP_Error( 'http_request_failed', $answer ) : array(
					'headers'  => array(),
					'body'     => $answer[1],
					'response' => array(
						'code'    => $answer[0],
						'message' => '',
					),
					'cookies'  => array(),
					'filename' => null,
				);
			},
			10,
			3
		);
		return $asked;
	}

	/**
	 * What WordPress's guide to the privacy policy proposes, by plugin. Reading it makes WordPress write it down.
	 *
	 * @return array<string, string>
	 */
	protected function read_privacy_guide(): array {
		require_once ABSPATH . 'wp-admin/includes/class-wp-privacy-policy-content.php';
		set_current_screen( 'privacy-policy-guide' );
		$GLOBALS['wp_actions']['admin_init'] = 1;
		$GLOBALS['wp_current_filter'][]      = 'admin_init';
		$proposals = new \ReflectionProperty( \WP_Privacy_Policy_Content::class, 'policy_content' );
		if ( PHP_VERSION_ID < 80100 ) {
			$proposals->setAccessible( true );
		}
		$proposals->setValue( null, array() );
		amparo_add_privacy_text();
		array_pop( $GLOBALS['wp_current_filter'] );
		return array_column( \WP_Privacy_Policy_Content::get_suggested_policy_text(), 'policy_text', 'plugin_name' );
	}

	/** Ends like `wp_die()` would, with its status and words. */
	protected function dies( callable $act ): \RuntimeException {
		$die = static function (): callable {
			return static function ( $words, $title, $arguments ) {
				throw new \RuntimeException( (string) $words, (int) ( $arguments['response'] ?? 200 ) );
			};
		};
		foreach ( array( 'wp_die_handler', 'wp_die_ajax_handler', 'wp_die_json_handler' ) as $name ) {
			add_filter( $name, $die );
		}
		ob_start();
		try {
			$act();
		} catch ( \RuntimeException $end ) {
			return new \RuntimeException( ob_get_clean() . $end->getMessage(), $end->getCode() );
		}
		ob_end_clean();
		$this->fail( 'it went on' );
	}
}
