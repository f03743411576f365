<?php
/**
 * The settings page: who sees it, what it escapes, who may ask its questions.
 *
 * @package Amparo
 */

namespace Amparo\Tests;

/** The administration's side. */
class Admin_Test extends Plugin_Case {

	/** @return array<string, array{0: string}> */
	public function others(): array {
		return array(
			'nobody'      => array( '' ),
			'subscriber'  => array( 'subscriber' ),
			'contributor' => array( 'contributor' ),
			'author'      => array( 'author' ),
			'editor'      => array( 'editor' ),
		);
	}

	private function sign_in_as( string $role ): void {
		'' === $role ? wp_set_current_user( 0 ) : $this->sign_in( $role );
	}

	/** Sends the form to one of the questions, with this nonce. */
	private function ask( string $question, string $nonce, array $form ): \RuntimeException {
		$_POST    = wp_slash( array( 'amparo_settings' => $form, '_wpnonce' => $nonce ) );
		$_REQUEST = $_POST;
		add_filter( 'wp_doing_ajax', '__return_true' );
		return $this->dies( static function () use ( $question ): void {
			do_action( 'wp_ajax_amparo_' . $question );
		} );
	}

	/** @dataProvider others */
	public function test_other_roles_see_no_page( string $role ): void {
		$this->sign_in_as( $role );
		$this->assertSame( '', $this->printed( 'amparo_show_page' ) );
	}

	/** @dataProvider others */
	public function test_other_roles_may_ask_nothing( string $role ): void {
		$this->sign_in_as( $role );
		$asked = $this->network( array() );
		foreach ( array( 'check', 'pin', 'preview' ) as $question ) {
			$end = $this->ask( $question, wp_create_nonce( 'amparo-options' ), $this->settings() );
			$this->assertSame( 403, $end->getCode() );
			$this->assertStringNotContainsString( self::SITE_KEY, $end->getMessage() );
		}
		$this->assertCount( 0, $asked );
	}

	/** @dataProvider others */
	public function test_other_roles_cannot_save( string $role ): void {
		$this->sign_in_as( $role );
		// What options.php asks before it takes a form.
		$this->assertFalse( current_user_can( apply_filters( 'option_page_capability_amparo', 'manage_options' ) ) );
	}

	public function test_nobody_can_ask_without_signing_in_at_all(): void {
		foreach ( array( 'check', 'pin', 'preview' ) as $question ) {
			$this->assertFalse( has_action( 'wp_ajax_nopriv_amparo_' . $question ) );
		}
	}

	/** @return array<string, array{0: string}> */
	public function wrong_nonces(): array {
		return array(
			'none'    => array( '' ),
			'made up' => array( '0123456789' ),
			'another' => array( 'general-options' ),
		);
	}

	/** @dataProvider wrong_nonces */
	public function test_an_administrator_without_the_forms_nonce_is_refused( string $nonce ): void {
		$this->sign_in( 'administrator' );
		$asked = $this->network( array() );
		$nonce = 'general-options' === $nonce ? wp_create_nonce( $nonce ) : $nonce;
		foreach ( array( 'check', 'pin', 'preview' ) as $question ) {
			$this->assertSame( 403, $this->ask( $question, $nonce, $this->settings() )->getCode() );
		}
		$this->assertCount( 0, $asked );
	}

	public function test_the_check_uses_the_form_as_it_stands_and_stores_nothing(): void {
		$this->sign_in( 'administrator' );
		$asked = $this->network( array() );
		$end   = $this->ask( 'check', wp_create_nonce( 'amparo-options' ), array( 'relay' => 'https://other.example' ) + $this->settings() );
		$said  = json_decode( $end->getMessage(), true );
		$this->assertSame( array( 'bad' ), array_column( $said['data'], 'state' ) );
		$this->assertStringContainsString( 'https://other.example', $said['data'][0]['sentence'] );
		$this->assertSame( 'https://other.example/embed.js', $asked[0][0] );
		$this->assertFalse( get_option( 'amparo_settings', false ) );
	}

	public function test_an_address_on_http_is_told_and_not_asked(): void {
		$this->sign_in( 'administrator' );
		$asked = $this->network( array() );
		$said  = json_decode( $this->ask( 'check', wp_create_nonce( 'amparo-options' ), array( 'relay' => 'http://www2.example.org' ) )->getMessage(), true );
		$this->assertCount( 1, $said['data'] );
		$this->assertStringContainsString( 'has to begin with https', $said['data'][0]['sentence'] );
		$this->assertCount( 0, $asked );
	}

	public function test_the_pin_comes_back_or_the_reason_why_not(): void {
		$this->sign_in( 'administrator' );
		$loader = 'Amparo /v/0.2.0-22222222/';
		$this->network( array( self::RELAY . '/embed.js' => array( 200, $loader ), self::RELAY . '/v/0.2.0-22222222/embed.js' => array( 200, $loader ) ) );
		$nonce = wp_create_nonce( 'amparo-options' );
		$said  = json_decode( $this->ask( 'pin', $nonce, $this->settings() )->getMessage(), true );
		$this->assertSame( array( true, '0.2.0-22222222', amparo_hash( $loader ) ), array( $said['success'], $said['data']['version'], $said['data']['integrity'] ) );
		$said = json_decode( $this->ask( 'pin', $nonce, array( 'relay' => 'https://other.example' ) + $this->settings() )->getMessage(), true );
		$this->assertFalse( $said['success'] );
		$this->assertSame( 'bad', $said['data'][0]['state'] );
	}

	public function test_the_preview_is_the_tag_with_the_form_as_it_stands(): void {
		$this->sign_in( 'administrator' );
		$page = $this->ask( 'preview', wp_create_nonce( 'amparo-options' ), array( 'title' => 'Unsaved' ) + $this->settings() )->getMessage();
		$tag  = amparo_find_elements( $page, 'script' )[0];
		$this->assertSame( array( self::SITE_KEY, 'Unsaved' ), array( $tag['data-site'], $tag['data-title'] ) );
		$page = $this->ask( 'preview', wp_create_nonce( 'amparo-options' ), array() )->getMessage();
		$this->assertStringNotContainsString( '<script', $page );
	}

	public function test_hostile_settings_stay_text_on_the_settings_page(): void {
		$this->sign_in( 'administrator' );
		remove_all_filters( 'sanitize_option_amparo_settings' );
		$hostile = array();
		foreach ( amparo_get_default_settings() as $name => $value ) {
			$hostile[ $name ] = is_array( $value ) ? array( self::HOSTILE ) : self::HOSTILE;
		}
		$hostile['pages'] = array();
		update_option( 'amparo_settings', $hostile );
		$id   = wp_insert_post( array( 'post_type' => 'page', 'post_status' => 'publish', 'post_title' => self::HOSTILE ) );
		$page = $this->printed( 'amparo_show_page' );
		wp_delete_post( $id, true );
		$this->assertStringContainsString( 'alert(1)', $page, 'the hostile text is on the page' );
		$this->assertSame( array(), amparo_find_elements( $page, 'script' ) );
		$this->assertSame( array(), amparo_find_elements( $page, 'img' ) );
		foreach ( array( 'input', 'textarea', 'label', 'button' ) as $kind ) {
			foreach ( amparo_find_elements( $page, $kind ) as $element ) {
				$this->assertSame( array(), preg_grep( '/^on/', array_keys( $element ) ) );
			}
		}
	}

	public function test_every_field_of_the_settings_is_on_the_page_with_a_name(): void {
		$this->sign_in( 'administrator' );
		$page   = $this->printed( 'amparo_show_page' );
		$fields = array_merge( amparo_find_elements( $page, 'input' ), amparo_find_elements( $page, 'textarea' ) );
		$names  = array_column( $fields, 'name' );
		foreach ( array_keys( amparo_get_default_settings() ) as $name ) {
			$this->assertNotEmpty( array_intersect( array( "amparo_settings[$name]", "amparo_settings[$name][]" ), $names ), $name );
		}
		$labelled = array_column( amparo_find_elements( $page, 'label' ), 'for' );
		foreach ( $fields as $field ) {
			if ( ! in_array( $field['type'] ?? 'textarea', array( 'hidden', 'radio', 'checkbox', 'submit' ), true ) ) {
				$this->assertContains( $field['id'], $labelled );
			}
		}
		foreach ( amparo_find_elements( $page, 'input' ) as $field ) {
			if ( isset( $field['aria-describedby'] ) ) {
				$this->assertStringContainsString( 'id="' . $field['aria-describedby'] . '"', $page );
			}
		}
	}

	public function test_the_next_step_is_told_until_it_is_done_and_only_to_administrators(): void {
		set_current_screen( 'plugins' );
		$this->sign_in( 'editor' );
		$this->assertSame( '', $this->printed( 'amparo_show_next_step' ) );
		$this->sign_in( 'administrator' );
		$this->assertStringContainsString( 'options-general.php?page=amparo', $this->printed( 'amparo_show_next_step' ) );
		set_current_screen( 'dashboard' );
		$this->assertSame( '', $this->printed( 'amparo_show_next_step' ) );
		set_current_screen( 'plugins' );
		$this->set_up_with();
		$this->assertSame( '', $this->printed( 'amparo_show_next_step' ) );
	}

	public function test_style_and_script_are_on_its_own_page_only(): void {
		do_action( 'admin_enqueue_scripts', 'index.php' );
		$this->assertFalse( wp_script_is( 'amparo-admin' ) );
		do_action( 'admin_enqueue_scripts', 'settings_page_amparo' );
		$this->assertTrue( wp_script_is( 'amparo-admin' ) );
		$this->assertTrue( wp_style_is( 'amparo-admin' ) );
		wp_dequeue_script( 'amparo-admin' );
		wp_dequeue_style( 'amparo-admin' );
	}

	public function test_the_privacy_guide_names_the_relay_and_promises_nothing_it_cannot_keep(): void {
		$this->set_up_with();
		$said = $this->read_privacy_guide()['Amparo'];
		$this->assertStringContainsString( 'www2.example.org', $said );
		$this->assertStringContainsString( 'WhatsApp', $said );
		$this->assertDoesNotMatchRegularExpression( '/untraceable|completely safe|anonymous/i', $said );
		$this->set_up_with( array( 'whatsapp_place' => 'off' ) );
		$this->assertStringNotContainsString( 'WhatsApp', $this->read_privacy_guide()['Amparo'] );
	}
}
