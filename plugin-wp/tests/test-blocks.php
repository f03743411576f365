<?php
/**
 * The two blocks and their shortcodes.
 *
 * @package Amparo
 */

namespace Amparo\Tests;

/** Button and phone numbers in the content of a page. */
class Blocks_Test extends Plugin_Case {

	public function test_the_button_is_a_link_to_the_chats_own_page(): void {
		$this->set_up_with();
		$link = amparo_find_elements( do_blocks( '<!-- wp:amparo/button {"text":"Write to us"} /-->' ), 'a' )[0];
		$this->assertSame( self::RELAY . '/chat?site=' . self::SITE_KEY, $link['href'] );
		$this->assertSame( array( '_blank', 'noopener noreferrer' ), array( $link['target'], $link['rel'] ) );
		$this->assertArrayHasKey( 'data-amparo-open', $link );
	}

	public function test_block_and_shortcode_say_the_same(): void {
		$this->set_up_with();
		$this->assertStringContainsString( '>Write to us<', do_shortcode( '[amparo_button text="Write to us"]' ) );
		$this->assertSame( do_blocks( '<!-- wp:amparo/button /-->' ), do_shortcode( '[amparo_button]' ) );
		$this->assertSame( do_blocks( '<!-- wp:amparo/phones /-->' ), do_shortcode( '[amparo_phones]' ) );
		$this->assertStringContainsString( '>Talk to us<', do_shortcode( '[amparo_button]' ) );
	}

	public function test_a_button_brings_the_tag_to_its_page(): void {
		$this->set_up_with( array( 'show' => 'chosen' ) );
		$this->assertSame( '', $this->printed( 'amparo_print_tag' ) );
		do_shortcode( '[amparo_button]' );
		$this->assertStringContainsString( 'data-site', $this->printed( 'amparo_print_tag' ) );
	}

	public function test_phone_numbers_are_links(): void {
		$this->set_up_with( array( 'phone' => '+34 91 600 11 22' ) );
		$links = amparo_find_elements( amparo_render_phones(), 'a' );
		$this->assertSame( array( 'tel:112', 'tel:+34916001122' ), array_column( $links, 'href' ) );
	}

	public function test_numbers_work_before_the_relay_is_known_and_the_button_does_not(): void {
		update_option( 'amparo_settings', array( 'emergency' => '112' ) );
		$this->assertStringContainsString( 'tel:112', do_shortcode( '[amparo_phones]' ) );
		$this->assertSame( '', do_shortcode( '[amparo_button]' ) );
	}

	public function test_hostile_words_on_the_button_stay_words(): void {
		$this->set_up_with();
		$block = serialize_block(
			array(
				'blockName'    => 'amparo/button',
				// WordPress's own form for a block's attributes loses a backslash at the end.
				'attrs'        => array( 'text' => rtrim( self::HOSTILE, '\\' ) ),
				'innerContent' => array(),
			)
		);
		foreach ( array( do_blocks( $block ), amparo_render_button( array( 'text' => self::HOSTILE ) ) ) as $html ) {
			$this->assertStringNotContainsString( '<script', $html );
			$this->assertStringNotContainsString( '<img', $html );
			$this->assertStringContainsString( '&gt;{{7*7}}', $html );
		}
	}

	public function test_the_editor_knows_both(): void {
		foreach ( array( 'amparo/button', 'amparo/phones' ) as $name ) {
			$type = \WP_Block_Type_Registry::get_instance()->get_registered( $name );
			$this->assertSame( array( 'amparo-blocks' ), $type->editor_script_handles );
			$this->assertNotSame( '', $type->title );
		}
		$this->assertTrue( wp_script_is( 'amparo-blocks', 'registered' ) );
	}
}
