"""Asks `gemc lsp` everything through pytest-lsp, a client of the Language Server Protocol that checks each message by its types.

    pip install pytest-lsp
    GEMC=target/release/gemc python3 -m pytest tests/editors/test_lsp.py

What is expected is in answers.json; the environment variable ACCEPT writes it.
"""

import json
import os
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import converters
from lsprotocol import types as lsp
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

HERE = Path(__file__).resolve().parent
URI = "file:///shown.gem"
GOOD = """model shown(genes = 4, side = 6) {
    genome g(genes) { sparse: 1e-3 }
    population image = grid(side, side) { g: gaussian(sigma: 0.3) }
    population answer = units(3) { g: random(contrasts), activation: tanh }
    connect image -> answer via g { density: 0.5, seed: 1 }
    input image
    output answer
}
"""
FAULTY = GOOD.replace("tanh", "tahn").replace("-> answer", "-> anser")
CONVERTER = converters.get_converter()


@pytest_lsp.fixture(config=ClientServerConfig(server_command=[os.environ.get("GEMC", "gemc"), "lsp"]), params=["visual_studio_code", "neovim"])
async def client(lsp_client: LanguageClient, request):
    await lsp_client.initialize_session(lsp.InitializeParams(capabilities=client_capabilities(request.param), root_uri="file:///"))
    yield
    await lsp_client.shutdown_session()


def open_text(client, text, version=1):
    item = lsp.TextDocumentItem(uri=URI, language_id="gem", version=version, text=text)
    client.text_document_did_open(lsp.DidOpenTextDocumentParams(text_document=item))


def at(text, needle, shift=0):
    """The document, and the place `shift` letters behind the first letter of `needle`."""
    offset = text.index(needle) + shift
    line = text.count("\n", 0, offset)
    return {"text_document": lsp.TextDocumentIdentifier(uri=URI), "position": lsp.Position(line, offset - text.rfind("\n", 0, offset) - 1)}


async def answers(client):
    """Every answer about a good text, by the name of its request."""
    open_text(client, GOOD)
    document = lsp.TextDocumentIdentifier(uri=URI)
    whole = lsp.Range(lsp.Position(0, 0), lsp.Position(99, 0))
    options = lsp.FormattingOptions(tab_size=4, insert_spaces=True)
    place = at(GOOD, "answer via", 2)
    return {
        "hover of a population": await client.text_document_hover_async(lsp.HoverParams(**place)),
        "hover of a genome": await client.text_document_hover_async(lsp.HoverParams(**at(GOOD, "g(genes)"))),
        "hover of an attribute": await client.text_document_hover_async(lsp.HoverParams(**at(GOOD, "activation"))),
        "hover of an argument": await client.text_document_hover_async(lsp.HoverParams(**at(GOOD, "sigma"))),
        "completion": await client.text_document_completion_async(lsp.CompletionParams(**at(GOOD, "tanh"))),
        "definition": await client.text_document_definition_async(lsp.DefinitionParams(**place)),
        "references": await client.text_document_references_async(lsp.ReferenceParams(context=lsp.ReferenceContext(True), **place)),
        "highlights": await client.text_document_document_highlight_async(lsp.DocumentHighlightParams(**place)),
        "prepare rename": await client.text_document_prepare_rename_async(lsp.PrepareRenameParams(**place)),
        "rename": await client.text_document_rename_async(lsp.RenameParams(new_name="digits", **place)),
        "outline": await client.text_document_document_symbol_async(lsp.DocumentSymbolParams(document)),
        "code lens": await client.text_document_code_lens_async(lsp.CodeLensParams(document)),
        "inlay hints": await client.text_document_inlay_hint_async(lsp.InlayHintParams(document, whole)),
        "semantic tokens": await client.text_document_semantic_tokens_full_async(lsp.SemanticTokensParams(document)),
        "formatting": await client.text_document_formatting_async(lsp.DocumentFormattingParams(document, options)),
    }


@pytest.mark.asyncio
async def test_everything_is_answered(client: LanguageClient):
    told = CONVERTER.unstructure(await answers(client))
    client.text_document_did_change(
        lsp.DidChangeTextDocumentParams(
            text_document=lsp.VersionedTextDocumentIdentifier(uri=URI, version=2),
            content_changes=[lsp.TextDocumentContentChangeWholeDocument(text=FAULTY)],
        )
    )
    while not client.diagnostics.get(URI):
        await client.wait_for_notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    told["diagnostics"] = CONVERTER.unstructure(client.diagnostics[URI])
    whole = lsp.Range(lsp.Position(0, 0), lsp.Position(99, 0))
    asked = lsp.CodeActionParams(lsp.TextDocumentIdentifier(uri=URI), whole, lsp.CodeActionContext(diagnostics=[]))
    told["code actions"] = CONVERTER.unstructure(await client.text_document_code_action_async(asked))
    # a fault takes nothing from the rest
    told["hover beside faults"] = CONVERTER.unstructure(await client.text_document_hover_async(lsp.HoverParams(**at(FAULTY, "image ="))))
    explain = lsp.ExecuteCommandParams(command="gemc.explain", arguments=["gem::unknown_name"])
    await client.workspace_execute_command_async(explain)
    told["explanation"] = CONVERTER.unstructure(client.messages[-1])
    shown = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    expected = HERE / "answers.json"
    if os.environ.get("ACCEPT"):
        expected.write_text(shown)
    assert json.loads(expected.read_text()) == told
