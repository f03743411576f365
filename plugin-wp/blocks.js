// The two blocks in the editor. WordPress renders them on the server; here they only get a field for the button's words.

(({ blocks, blockEditor, components, element, serverSideRender }, words) => {
  const { createElement } = element;
  const shown = (name, attributes) => createElement(components.Disabled, null, createElement(serverSideRender, { block: name, attributes }));

  blocks.registerBlockType('amparo/button', {
    edit: ({ attributes, setAttributes }) =>
      createElement(
        'div',
        blockEditor.useBlockProps(),
        createElement(
          blockEditor.InspectorControls,
          null,
          createElement(
            components.PanelBody,
            null,
            createElement(components.TextControl, {
              label: words.text,
              help: words.hint,
              value: attributes.text,
              onChange: text => setAttributes({ text }),
            })
          )
        ),
        shown('amparo/button', attributes)
      ),
  });

  blocks.registerBlockType('amparo/phones', {
    edit: () => createElement('div', blockEditor.useBlockProps(), shown('amparo/phones', {})),
  });
})(window.wp, window.amparoBlockWords);
